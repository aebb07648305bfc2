import type { SceneChoice } from '../../../core/gate/gate.ts'
import type { GateSettings } from '../../../core/gate/settings.ts'
import { isRawImage, type FrameImage, type InferenceRequest } from '../../messages/inference.ts'

export interface ClassifyOptions {
  /** The frame is copied, not moved: it may be sent again. */
  readonly isKept?: boolean
  /** What the scene makes of each class. */
  readonly classFactors?: Float32Array<ArrayBuffer> | undefined
  /** The partition that the scene asks for: see `probeOrder`. */
  readonly choice?: SceneChoice | undefined
}

type ClassifyRequest = Extract<InferenceRequest, { readonly kind: 'classify' }>

/** What an engine is asked of a frame, and what of it is moved there. */
export function classifyRequest(
  image: FrameImage,
  gate: GateSettings,
  { isKept = false, classFactors, choice }: ClassifyOptions,
): { readonly request: ClassifyRequest; readonly transfer: Transferable[] } {
  return {
    request: {
      kind: 'classify',
      image,
      gate,
      ...(classFactors === undefined ? {} : { classFactors }),
      ...(choice === undefined ? {} : { choice }),
    },
    transfer: isKept ? [] : [isRawImage(image) ? image.rgba.buffer : image],
  }
}
