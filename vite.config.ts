import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import preact from '@preact/preset-vite'
import { defineConfig, type Plugin } from 'vite'
import { VitePWA } from 'vite-plugin-pwa'
import { classicScripts } from './web/build/classic-scripts.ts'
import { hashAppFiles } from './web/build/hash-app-files.ts'
import { isolation } from './web/build/isolation.ts'
import { kernelThreadAlias } from './web/build/kernel-thread.ts'

const fromHere = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

const publicFolder = fromHere('public')

/**
 * Released bundles are served by the edge through its API: they are not part of the app, nor of its precache.
 */
const notPartOfTheApp = ['bundles']

/**
 * Puts what lies in `public/` into the build, apart from the released bundles (Vite itself can only copy all
 * or nothing).
 */
function publicFiles(): Plugin {
  return {
    name: 'cachenet:public-files',
    apply: 'build',
    generateBundle() {
      for (const entry of readdirSync(publicFolder, { recursive: true, withFileTypes: true })) {
        const path = join(entry.parentPath, entry.name)
        const fileName = relative(publicFolder, path).split('\\').join('/')
        if (!entry.isFile() || notPartOfTheApp.some((folder) => fileName.startsWith(`${folder}/`))) continue
        this.emitFile({ type: 'asset', fileName, source: readFileSync(path) })
      }
    },
  }
}

const appFiles = hashAppFiles()

/**
 * What the phone holds the kernels against where no service worker does it yet
 * (`web/inference-worker/compile-wasm.ts`).
 */
const kernelHash = (folder: string, name: string): [string, string] => [
  name,
  `sha256-${createHash('sha256')
    .update(readFileSync(fromHere(`${folder}/${name}.wasm`)))
    .digest('base64')}`,
]
const tfjsFolder = 'node_modules/@tensorflow/tfjs-backend-wasm/dist'
const kernelHashes = Object.fromEntries([
  kernelHash(tfjsFolder, 'tfjs-backend-wasm-simd'),
  kernelHash(tfjsFolder, 'tfjs-backend-wasm-threaded-simd'),
  kernelHash('kernels', 'frame-plain'),
  kernelHash('kernels', 'frame-relaxed'),
])

const edge = {
  '/api': { target: process.env['CACHENET_EDGE'] ?? 'http://127.0.0.1:8787', changeOrigin: false },
}

export default defineConfig(({ command }) => ({
  ...(command === 'build' && { define: { kernelHashes: JSON.stringify(kernelHashes) } }),
  resolve: { alias: kernelThreadAlias() },
  root: fromHere('web'),
  publicDir: publicFolder,
  plugins: [
    preact(),
    publicFiles(),
    classicScripts(),
    appFiles.plugin,
    VitePWA({
      strategies: 'injectManifest',
      srcDir: 'service-worker',
      filename: 'sw.js',
      // Written by hand in public/, registered by page/platform/service-worker.ts: the CSP allows no inline
      // script.
      manifest: false,
      injectRegister: false,
      injectManifest: {
        // A service worker cannot `import()`: one classic script.
        rollupFormat: 'iife',
        globPatterns: [
          'index.html',
          'manifest.webmanifest',
          'assets/*.{js,css}',
          'assets/tfjs-backend-wasm-{simd,threaded-simd}*.wasm',
          'assets/frame-{plain,relaxed}*.wasm',
          'icons/*.{png,svg}',
        ],
        dontCacheBustURLsMatching: /^assets\//,
        maximumFileSizeToCacheInBytes: 4 * 2 ** 20,
        manifestTransforms: [appFiles.transform],
      },
      integration: {
        // The plugin wants source and result to share a name; our source is called main.ts, like every entry.
        beforeBuildServiceWorker: (options) => void (options.swSrc = fromHere('web/service-worker/main.ts')),
      },
    }),
  ],
  build: {
    outDir: fromHere('dist'),
    emptyOutDir: true,
    copyPublicDir: false,
    target: 'es2022',
    // An inlined asset would be a data: URL, which the CSP forbids.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: true,
    // The first lines of the page, by themselves: they run while the rest of it is read.
    rolldownOptions: {
      output: { codeSplitting: { groups: [{ name: 'start', test: /web\/page\/boot\/start\.ts$/ }] } },
    },
  },
  // Classic, like the first scripts of the page.
  worker: { format: 'iife' },
  server: { host: '127.0.0.1', headers: isolation, proxy: edge },
  preview: { host: '127.0.0.1', headers: isolation, proxy: edge },
}))
