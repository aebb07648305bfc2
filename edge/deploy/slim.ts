import { arch, platform } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineCommand, runMain } from 'citty'
import { flagProblems } from '../../core/command-line/flag-problems.ts'
import { slimPackages } from './slim-packages.ts'

// `npm run slim`: for whoever hosts an edge and has little room.

const packages = fileURLToPath(new URL('../../node_modules', import.meta.url))
const args = {
  'without-onnx': {
    type: 'boolean',
    description:
      'ONNX Runtime goes too: answers come from WebAssembly, and bundles with a full model of your own cannot be served',
  },
} as const

const command = defineCommand({
  meta: {
    name: 'npm run slim --',
    description:
      'Deletes from node_modules what an edge on this machine never loads; `npm ci --omit=dev` brings it back',
  },
  args,
  async run({ rawArgs, args: { 'without-onnx': isWithoutOnnx = false } }) {
    const problems = flagProblems(rawArgs, args)
    if (problems.length > 0) {
      process.stderr.write(`${problems.join('\n')}\n`)
      process.exit(1)
    }
    const deleted = await slimPackages(packages, { platform: platform(), arch: arch(), isWithoutOnnx })
    process.stdout.write(`${(deleted / 1e6).toFixed(0)} MB were deleted from node_modules.\n`)
  },
})

await runMain(command)
