import type { EngineBundle } from '../engine/engine.ts'
import type { StoredBundle } from './stored-bundle.ts'

/** What an engine needs of a bundle, under the name of this version. */
export function engineBundleOf(bundle: StoredBundle): EngineBundle {
  const { networks, full, encoder } = bundle.manifest
  return {
    id: bundle.key,
    full: { spec: networks.full, blob: bundle.blob(full.whole.sha256) },
    ...(networks.encoder === undefined || encoder === undefined
      ? {}
      : { encoder: { ...networks.encoder, blob: bundle.blob(encoder.whole.sha256) } }),
  }
}
