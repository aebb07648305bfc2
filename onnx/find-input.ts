import onnxProto from 'onnx-proto'
import { createGraphIndex, inputsOf, integersOf, pictureInputsOf, type GraphIndex } from './graph-index.ts'
import { scaleOf, type InputScale, type InputWish } from './input-scale.ts'
import { refuseModel, type OnnxModel } from './read-model.ts'
import { numbersOf } from './tensor-numbers.ts'

const { DataType } = onnxProto.onnx.TensorProto
const bytes: number = DataType.UINT8

/** What a model reads. */
export interface FoundInput {
  readonly name: string
  /** Of the numbers that go in: one of `TensorProto.DataType`. */
  readonly elementType: number
  readonly layout: 'nchw' | 'nhwc'
  /** Side of its square pictures. */
  readonly size: number
  readonly isBatched: boolean
  /** Undefined where neither model nor wish says it: then it is found out by trying. */
  readonly scale: InputScale | undefined
  /** Where the scale stands, in words. */
  readonly scaleSource: string
}

const readable: ReadonlyMap<number, string> = new Map([
  [DataType.FLOAT, 'float'],
  [DataType.FLOAT16, 'half float'],
  [DataType.DOUBLE, 'double'],
  [DataType.UINT8, 'byte'],
])

function onlyInput({ path, graph }: OnnxModel): onnxProto.onnx.IValueInfoProto {
  const inputs = pictureInputsOf(graph)
  const [input] = inputs
  if (inputs.length === 1 && input !== undefined) return input
  const names = inputs.map(({ name }) => name ?? '').join(', ')
  throw refuseModel(
    `${path} has ${inputs.length} inputs (${names}), and a classifier of pictures has one. Export the classifier alone.`,
    { inputs: names },
  )
}

/** Extents, undefined where they are open. */
function extentsOf(input: onnxProto.onnx.IValueInfoProto): (number | undefined)[] | undefined {
  return input.type?.tensorType?.shape?.dim?.map(({ dimValue }) => {
    const extent = Number(dimValue ?? 0)
    return extent > 0 ? extent : undefined
  })
}

/** What the first node that moves channels or convolves says of how pictures lie in memory. */
function layoutByUse(index: GraphIndex, value: string, depth = 0): 'nchw' | 'nhwc' | undefined {
  for (const node of depth > 12 ? [] : index.consumersOf(value)) {
    if (node.opType === 'Conv' || node.opType === 'MaxPool') return 'nchw'
    if (node.opType === 'Transpose' && integersOf(node, 'perm')?.join() === '0,3,1,2') return 'nhwc'
    const found = layoutByUse(index, node.output?.[0] ?? '', depth + 1)
    if (found !== undefined) return found
  }
  return undefined
}

function findLayout(
  { path, graph }: OnnxModel,
  name: string,
  extents: readonly (number | undefined)[] | undefined,
  wish: InputWish,
): 'nchw' | 'nhwc' {
  const byExtents = extents?.[1] === 3 ? 'nchw' : extents?.[3] === 3 ? 'nhwc' : undefined
  const channels = extents?.[1] === 1 || extents?.[3] === 1 ? 1 : undefined
  if (byExtents === undefined && channels === 1)
    throw refuseModel(
      `The input ${name} of ${path} takes one channel, and pictures here have three. Export the model with three.`,
      { name },
    )
  const found = wish.layout ?? byExtents ?? layoutByUse(createGraphIndex(graph), name)
  if (found !== undefined) return found
  throw refuseModel(
    `The input ${name} of ${path} does not say how channels lie. Say it with --full-input nchw or nhwc.`,
    { name },
  )
}

function findSize(
  { path }: OnnxModel,
  name: string,
  layout: 'nchw' | 'nhwc',
  extents: readonly (number | undefined)[] | undefined,
  wish: InputWish,
): number {
  const [height, width] = layout === 'nchw' ? (extents?.slice(2) ?? []) : (extents?.slice(1, 3) ?? [])
  if (height !== undefined && width !== undefined && height !== width)
    throw refuseModel(
      `The input ${name} of ${path} reads ${width}x${height}, and pictures here are squares. Export the model with a square input.`,
      { width, height },
    )
  const own = height ?? width
  if (own !== undefined && wish.size !== undefined && own !== wish.size)
    throw refuseModel(
      `The input ${name} of ${path} reads ${own}x${own} and nothing else, and --full-input says ${wish.size}. Leave the size out.`,
      { own, size: wish.size },
    )
  const size = own ?? wish.size
  if (size === undefined)
    throw refuseModel(
      `The input ${name} of ${path} leaves its size open. Say what it was trained with: --full-input 224.`,
      { name },
    )
  if (size < 8 || size > 512)
    throw refuseModel(
      `The input ${name} of ${path} reads ${size}x${size}, and 8 to 512 pixels are read here.`,
      { size },
    )
  return size
}

/** y = gain · x + shift, each for one channel. */
interface Affine {
  readonly gain: readonly number[]
  readonly shift: readonly number[]
}

/** One more step of arithmetic with a constant; undefined where it is none. */
function withStep(
  affine: Affine,
  opType: string,
  constant: readonly number[],
  isFirst: boolean,
): Affine | undefined {
  const each = (values: readonly number[], change: (value: number, by: number) => number): number[] =>
    values.map((value, channel) => change(value, constant[constant.length === 1 ? 0 : channel] ?? NaN))
  const { gain, shift } = affine
  switch (opType) {
    case 'Add':
      return { gain, shift: each(shift, (value, by) => value + by) }
    case 'Sub':
      return isFirst
        ? { gain, shift: each(shift, (value, by) => value - by) }
        : { gain: gain.map((value) => -value), shift: each(shift, (value, by) => by - value) }
    case 'Mul':
      return { gain: each(gain, (value, by) => value * by), shift: each(shift, (value, by) => value * by) }
    case 'Div':
      return isFirst
        ? { gain: each(gain, (value, by) => value / by), shift: each(shift, (value, by) => value / by) }
        : undefined
    default:
      return undefined
  }
}

/** What a model's own first nodes make of the numbers that go in; undefined where they do no arithmetic. */
function leadingArithmetic(index: GraphIndex, input: string): Affine | undefined {
  let affine: Affine = { gain: [1, 1, 1], shift: [0, 0, 0] }
  let hasArithmetic = false
  let value = input
  for (;;) {
    const [node, another] = index.consumersOf(value)
    if (node === undefined || another !== undefined) break
    const opType = node.opType ?? ''
    if (!['Cast', 'Identity', 'Transpose'].includes(opType)) {
      const [first = '', second = ''] = inputsOf(node)
      const constant = index.constantOf(first === value ? second : first)
      const numbers = constant === undefined ? undefined : numbersOf(constant)
      if (numbers === undefined || (numbers.length !== 1 && numbers.length !== 3)) break
      const next = withStep(affine, opType, numbers, first === value)
      if (next === undefined) break
      affine = next
      hasArithmetic = true
    }
    value = node.output?.[0] ?? ''
  }
  return hasArithmetic ? affine : undefined
}

/**
 * Whether arithmetic is made for bytes. What is subtracted lies within the range of what comes in, and what
 * it is divided by is of its order: with numbers from 0 to 1 neither is above 2.
 */
const isForBytes = ({ gain, shift }: Affine): boolean =>
  gain.some((value, channel) => Math.abs((shift[channel] ?? 0) / value) > 2 || 1 / Math.abs(value) > 2)

/** Its exporter says what it trained, and trains classifiers on numbers from 0 to 1. */
const isUltralytics = ({ message }: OnnxModel): boolean =>
  (message.metadataProps ?? []).some(({ key, value }) => key === 'task' && value === 'classify')

function findScale(
  model: OnnxModel,
  index: GraphIndex,
  name: string,
  elementType: number,
  wish: InputWish,
): Pick<FoundInput, 'scale' | 'scaleSource'> {
  const ordered = (scale: InputScale): InputScale => ({ ...scale, order: wish.order ?? scale.order })
  if (wish.scale !== undefined) return { scale: ordered(wish.scale), scaleSource: 'as --full-input says' }
  if (elementType === bytes) return { scale: ordered(scaleOf('byte')), scaleSource: 'its input are bytes' }
  const own = leadingArithmetic(index, name)
  if (own === undefined && isUltralytics(model))
    return { scale: ordered(scaleOf('unit')), scaleSource: 'as Ultralytics trains classifiers' }
  if (own === undefined) return { scale: undefined, scaleSource: '' }
  return {
    scale: ordered(scaleOf(isForBytes(own) ? 'byte' : 'unit')),
    scaleSource: 'its first nodes normalise',
  }
}

/**
 * What a model reads, as far as the model says it, and as a wish says where it does not. Throws
 * `config-invalid` where it is no square picture of three channels, or where neither says its size.
 */
export function findInput(model: OnnxModel, wish: InputWish): FoundInput {
  const { path, graph } = model
  const input = onlyInput(model)
  const name = input.name ?? ''
  const elementType: number = input.type?.tensorType?.elemType ?? DataType.FLOAT
  if (!readable.has(elementType))
    throw refuseModel(
      `The input ${name} of ${path} takes neither floats nor bytes. Export the model with float input.`,
      { name },
    )
  const extents = extentsOf(input)
  if (extents !== undefined && extents.length !== 4)
    throw refuseModel(
      `The input ${name} of ${path} has ${extents.length} axes, and a batch of pictures has four.`,
      { name },
    )
  const batch = extents?.[0]
  if (batch !== undefined && batch > 1)
    throw refuseModel(
      `The input ${name} of ${path} takes exactly ${batch} pictures. Export the model with a batch of 1, or an open one.`,
      { name, batch },
    )
  const layout = findLayout(model, name, extents, wish)
  return {
    name,
    elementType,
    layout,
    size: findSize(model, name, layout, extents, wish),
    isBatched: batch === undefined,
    ...findScale(model, createGraphIndex(graph), name, elementType, wish),
  }
}
