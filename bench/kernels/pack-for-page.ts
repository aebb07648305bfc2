/** What goes to a page goes as text: bytes as base64. */
export const packForPage = (order: unknown): string =>
  JSON.stringify(order, (_key, value: unknown) =>
    value instanceof Uint8Array
      ? { base64: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64') }
      : value,
  )
