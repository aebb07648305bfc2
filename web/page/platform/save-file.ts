/** Has the browser save a file, as if a person had followed a link to it. */
export function saveFile(parts: BlobPart[], type: string, fileName: string): void {
  const url = URL.createObjectURL(new Blob(parts, { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = fileName
  link.click()
  // The browser has begun to read it by then; kept for ever, it would fill the memory.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
