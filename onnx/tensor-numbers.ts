import { getFloat16 } from '@petamoriken/float16'
import onnxProto from 'onnx-proto'
import { readFloat16 } from '../core/bundle/float16.ts'

const { DataType } = onnxProto.onnx.TensorProto

/** Numbers of the types that have fields of their own in the message. */
function fromFields({ dataType, ...fields }: onnxProto.onnx.ITensorProto): number[] | undefined {
  // Half floats lie there as bits.
  if (dataType === DataType.FLOAT16) {
    const bits = Uint16Array.from(fields.int32Data ?? [])
    return [...readFloat16(new Uint8Array(bits.buffer), 0, bits.length)]
  }
  const lists = [fields.floatData, fields.doubleData, fields.int64Data, fields.int32Data]
  return lists.find((values) => (values?.length ?? 0) > 0)?.map(Number)
}

type ReadAt = (view: DataView, offset: number) => number

/** Of each type the length of a number, in bytes, and how it is read. */
const readers: ReadonlyMap<number, readonly [bytes: number, read: ReadAt]> = new Map<
  number,
  readonly [number, ReadAt]
>([
  [DataType.FLOAT, [4, (view, at) => view.getFloat32(at, true)]],
  [DataType.DOUBLE, [8, (view, at) => view.getFloat64(at, true)]],
  [DataType.FLOAT16, [2, (view, at) => getFloat16(view, at, true)]],
  [DataType.UINT8, [1, (view, at) => view.getUint8(at)]],
  [DataType.INT32, [4, (view, at) => view.getInt32(at, true)]],
  [DataType.INT64, [8, (view, at) => Number(view.getBigInt64(at, true))]],
])

/** The numbers of a small constant; undefined for a type that is no plain number. */
export function numbersOf(tensor: onnxProto.onnx.ITensorProto): number[] | undefined {
  const raw = tensor.rawData
  if (raw === undefined || raw === null || raw.length === 0) return fromFields(tensor)
  const [bytes, read] = readers.get(tensor.dataType ?? DataType.UNDEFINED) ?? []
  if (bytes === undefined || read === undefined) return undefined
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength)
  return Array.from({ length: raw.byteLength / bytes }, (_, index) => read(view, index * bytes))
}
