export { conv3x3, conv3x3FilterGradient, filterBytes, scratchBytes, transformFilter } from './conv3x3'
export { flipFilter } from './flip-filter'
export { affineRelu, batchNormGradient, batchNormGradientSums, batchNormSums } from './batch-norm'
export { maxPool, maxPoolGradient } from './max-pool'
