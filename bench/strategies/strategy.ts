/** Ways to answer the frames of a phone. What each of them is as a bundle: `derive-bundle.ts`. */
export const strategies = {
  device: 'Device: the full model on the device',
  edge: 'Edge: every frame to the full model on the edge',
  'device-scene': 'Device + scene: the full model on the device, with the scene prior',
  'edge-scene':
    'Edge + scene: every frame to the full model on the edge, with the scene prior; the accuracy line',
  cascade: 'Cascade: the generalist on the device, the full model on the edge where it is uncertain',
  'cascade-scene':
    'Cascade + scene: the same, with the scene prior and the adaptive gate; CacheNet without partitions',
  fixed: 'CacheNet, one fixed threshold',
  adaptive: 'CacheNet, adaptive gate',
} as const

export type Strategy = keyof typeof strategies
/**
 * Besides the strategies: the generalist answers every frame, so that each costs one small network and the
 * way there and back.
 */
export type Played = Strategy | 'hit'
export const strategyNames = Object.keys(strategies) as Strategy[]

export const strategyTitles: Readonly<Record<Strategy, string>> = {
  device: 'Device',
  edge: 'Edge',
  'device-scene': 'Device + scene',
  'edge-scene': 'Edge + scene',
  cascade: 'Cascade',
  'cascade-scene': 'Cascade + scene',
  fixed: 'CacheNet, fixed τ',
  adaptive: 'CacheNet',
}
