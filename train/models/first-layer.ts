import type { Shape } from '../../core/network/layer.ts'

/** 2 · 2 · 3 patch values, once with each sign: a ReLU behind them loses nothing. */
export const whiteningChannels = 24

/** The fixed 2x2 convolution that both families begin with, [height, width, in, out]. */
export const whiteningShape: Shape = [2, 2, 3, whiteningChannels]
