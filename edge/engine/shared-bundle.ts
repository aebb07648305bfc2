import type { EngineBundle, EngineNetwork } from './engine.ts'

function shared(blob: Uint8Array): Uint8Array {
  if (blob.buffer instanceof SharedArrayBuffer) return blob
  const copy = new Uint8Array(new SharedArrayBuffer(blob.byteLength))
  copy.set(blob)
  return copy
}

const sharedNetwork = <Network extends EngineNetwork>(network: Network): Network => ({ ...network, blob: shared(network.blob) })

/** A bundle whose blobs any number of threads can read without a copy. */
export const sharedBundle = ({ id, full, encoder }: EngineBundle): EngineBundle => ({
  id,
  full: sharedNetwork(full),
  ...(encoder === undefined ? {} : { encoder: sharedNetwork(encoder) }),
})
