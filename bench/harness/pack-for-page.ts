/**
 * What goes to a page goes as text: bytes and floats as base64. No Buffer may be among it: it packs itself.
 */
export const packForPage = (order: unknown): string =>
  JSON.stringify(order, (_key, value: unknown) => {
    if (!(value instanceof Uint8Array) && !(value instanceof Float32Array)) return value
    const base64 = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')
    return value instanceof Float32Array ? { base64, isFloat: true } : { base64 }
  })
