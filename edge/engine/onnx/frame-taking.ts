import { inputShapeOfFull, isGraph, type FullNetwork } from '../../../core/bundle/full-network.ts'
import type { FrameTaking } from '../../../onnx/run-frames.ts'

/** How the graph of a bundle takes frames: a full model that somebody brought may take one at a time. */
export const frameTakingOf = (spec: FullNetwork): FrameTaking => ({
  inputShape: inputShapeOfFull(spec),
  isBatched: !isGraph(spec) || spec.isBatched,
})
