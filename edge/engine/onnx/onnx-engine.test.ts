import { installedEngines } from '../create-engine.ts'
import { describeEngine } from '../engine.cases.ts'
import { createOnnxEngine } from './onnx-engine.ts'

// The package is optional; npm installs it on every platform that it has a binary for.
if (installedEngines().includes('onnxruntime'))
  describeEngine('onnxruntime', () => createOnnxEngine({ threads: 1 }))
