/** The modules that `npm run build:kernels` compiles, and from what. */
export const modules = {
  training: { entry: 'training.ts', features: 'simd,bulk-memory' },
  'frame-plain': { entry: 'frame.ts', features: 'simd,bulk-memory' },
  'frame-relaxed': { entry: 'frame.ts', features: 'simd,bulk-memory,relaxed-simd' },
} as const

export type ModuleName = keyof typeof modules

/** Where a module lies. */
export const modulePath = (name: ModuleName): URL => new URL(`./${name}.wasm`, import.meta.url)
