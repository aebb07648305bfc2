import eslint from '@eslint/js'
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript'
import importX from 'eslint-plugin-import-x'
import tseslint from 'typescript-eslint'

/** Who may import whom (ARCHITECTURE.md). Each entry: files under `target` may not import from `from`. */
const walls = [
  { target: './core', from: ['./train', './kernels', './onnx', './edge', './web', './bench', './test'] },
  { target: './train', from: ['./edge', './web', './bench'] },
  { target: './kernels', from: ['./train', './onnx', './edge', './web', './bench', './test'] },
  { target: './onnx', from: ['./train', './kernels', './edge', './web', './bench', './test'] },
  { target: './edge', from: ['./train', './web', './bench'] },
  {
    target: './web/messages',
    from: [
      './train',
      './onnx',
      './edge',
      './bench',
      './web/page',
      './web/inference-worker',
      './web/service-worker',
    ],
  },
  {
    target: './web/storage',
    from: [
      './train',
      './onnx',
      './edge',
      './bench',
      './web/messages',
      './web/page',
      './web/inference-worker',
      './web/service-worker',
    ],
  },
  {
    target: './web/page',
    from: ['./train', './onnx', './edge', './bench', './web/inference-worker', './web/service-worker'],
  },
  {
    target: './web/inference-worker',
    from: ['./train', './onnx', './edge', './bench', './web/page', './web/service-worker'],
  },
  {
    target: './web/service-worker',
    from: ['./train', './onnx', './edge', './bench', './web/page', './web/inference-worker'],
  },
  { target: './bench', from: ['./web/page', './web/inference-worker', './web/service-worker'] },
]

const tfjs = ['@tensorflow/*']
const outsideTests = ['**/*.test.ts', '**/*.test.tsx']

export default tseslint.config(
  {
    ignores: ['dist/', 'runs/', 'node_modules/', 'public/', '.cache/', 'test-results/', 'kernels/assembly/'],
  },
  eslint.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['*.ts', '*.js'] } } },
    plugins: { 'import-x': importX },
    settings: {
      'import-x/resolver-next': [
        createTypeScriptImportResolver({ noWarnOnMultipleProjects: true, project: 'tsconfig.base.json' }),
      ],
    },
    rules: {
      // Prettier breaks code; a comment and a sentence it leaves alone.
      'max-len': [
        'error',
        {
          code: 110,
          ignoreStrings: true,
          ignoreTemplateLiterals: true,
          ignoreRegExpLiterals: true,
          ignoreUrls: true,
        },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      // What tsc sees by itself, at a fifth of the time that linting takes: there are no enums
      // (`erasableSyntaxOnly`), and a class with private fields, as all but errors and MovedAnswer are, takes
      // nothing for an instance that is none.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      'import-x/no-restricted-paths': ['error', { zones: walls }],
    },
  },
  {
    // tfjs weighs megabytes: in core it lives in the forward pass only, in web in the inference worker only.
    files: ['core/**', 'web/page/**', 'web/messages/**', 'web/storage/**', 'web/service-worker/**'],
    ignores: ['core/network/forward.ts', ...outsideTests],
    rules: {
      'no-restricted-imports': ['error', { patterns: [{ group: [...tfjs, '**/network/forward.ts'] }] }],
    },
  },
  {
    files: ['core/**'],
    ignores: outsideTests,
    rules: {
      'no-restricted-globals': [
        'error',
        'window',
        'document',
        'self',
        'caches',
        'indexedDB',
        'process',
        'Buffer',
      ],
    },
  },
  {
    // Loops over typed arrays stay inside by construction, and `?? 0` in them would cost time or hide a bug;
    // in a test the wrong index fails.
    files: ['train/**', 'bench/training/**', ...outsideTests],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  { files: ['**/*.js'], extends: [tseslint.configs.disableTypeChecked] },
)
