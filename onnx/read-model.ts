import { readFile } from 'node:fs/promises'
import { dirname, isAbsolute, join, normalize, sep } from 'node:path'
import onnxProto from 'onnx-proto'
import { CacheNetError } from '../core/wire/errors.ts'
import { tensorsOf } from './tensors-of.ts'

const { ModelProto, TensorProto } = onnxProto.onnx
type Graph = onnxProto.onnx.IGraphProto

/** What a full model may weigh: an edge holds it in the memory of each of its processes. */
const mostBytes = 2 ** 30
/** Since opset 7 (2018) arithmetic broadcasts as it does today. */
const oldestOpset = 7

export interface OnnxModel {
  readonly path: string
  /** With all weights inside. */
  readonly message: onnxProto.onnx.IModelProto
  readonly graph: Graph
  readonly opset: number
}

export const refuseModel = (sentence: string, details: Record<string, unknown> = {}): CacheNetError =>
  new CacheNetError('config-invalid', sentence, details)

/** A name inside the model's own folder; anything else could name any file of this machine. */
function besideModel(model: string, location: string): string {
  const path = normalize(location)
  if (isAbsolute(path) || path.split(sep).includes('..') || path === '.')
    throw refuseModel(
      `${model} keeps weights in "${location}", which lies outside of its folder. Export it into one folder.`,
      { location },
    )
  return join(dirname(model), path)
}

/** Puts weights that lie in files beside the model where the model itself keeps them. */
async function bringInside(model: string, message: onnxProto.onnx.ModelProto): Promise<void> {
  const files = new Map<string, Buffer>()
  let bytes = 0
  for (const tensor of tensorsOf(message)) {
    if (tensor.dataLocation !== TensorProto.DataLocation.EXTERNAL) continue
    const entries = new Map((tensor.externalData ?? []).map(({ key, value }) => [key ?? '', value ?? '']))
    const path = besideModel(model, entries.get('location') ?? '')
    const file =
      files.get(path) ??
      (await readFile(path).catch((cause: unknown) => {
        throw new CacheNetError(
          'config-invalid',
          `${model} keeps the weights of ${tensor.name ?? 'a tensor'} in ${path}, which cannot be read. Copy that file beside the model.`,
          { path },
          { cause },
        )
      }))
    files.set(path, file)
    const offset = Number(entries.get('offset') ?? 0)
    const length = Number(entries.get('length') ?? file.byteLength - offset)
    if (!(offset >= 0 && length >= 0 && offset + length <= file.byteLength))
      throw refuseModel(
        `${path} is too short for the weights of ${tensor.name ?? 'a tensor'}. Copy it again.`,
        { path },
      )
    bytes += length
    if (bytes > mostBytes) throw tooLarge(model)
    tensor.rawData = file.subarray(offset, offset + length)
    tensor.externalData = []
    tensor.dataLocation = TensorProto.DataLocation.DEFAULT
  }
}

const tooLarge = (path: string): CacheNetError =>
  refuseModel(
    `${path} weighs more than ${mostBytes / 2 ** 20} MiB, which is more than an edge holds. Take a smaller model, or its half floats.`,
    { mostBytes },
  )

function decode(path: string, bytes: Uint8Array): onnxProto.onnx.ModelProto {
  try {
    const message = ModelProto.decode(bytes)
    if ((message.graph?.node?.length ?? 0) > 0) return message
  } catch {
    // Said below.
  }
  throw noModel(path)
}

const noModel = (path: string): CacheNetError =>
  refuseModel(`${path} is no ONNX model, or is cut short. Export it again.`, { path })

/**
 * An ONNX file, and the files of weights beside it, as one model. Throws `config-invalid` where it cannot be
 * read, is too large, or is of an operator set before 7.
 */
export async function readModel(path: string): Promise<OnnxModel> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new CacheNetError(
      'config-invalid',
      `The model ${path} cannot be read. Check the path.`,
      { path },
      { cause },
    )
  })
  if (bytes.byteLength > mostBytes) throw tooLarge(path)
  const message = decode(path, bytes)
  const { graph } = message
  if (graph === null || graph === undefined) throw noModel(path)
  const opset = Number(
    message.opsetImport.find(({ domain }) => (domain ?? '') === '' || domain === 'ai.onnx')?.version ?? 1,
  )
  if (opset < oldestOpset)
    throw refuseModel(
      `${path} is of opset ${opset}, and ${oldestOpset} is the oldest that is read. Export it with a newer opset, or convert it (onnx.version_converter).`,
      { opset },
    )
  await bringInside(path, message)
  return { path, message, graph, opset }
}
