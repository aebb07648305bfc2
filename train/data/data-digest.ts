import { createHash } from 'node:crypto'
import type { Split } from './dataset.ts'

type Splits<Content> = Readonly<Record<'train' | 'validation' | 'test', Content>>

/** SHA-256 of images that come from no files: of their pixels and labels, split by split. */
export function digestOfPixels({ train, validation, test }: Splits<Split>): string {
  const hash = createHash('sha256')
  for (const { pixels, labels } of [train, validation, test])
    hash.update(pixels).update(new Uint8Array(labels.buffer))
  return hash.digest('hex')
}

/**
 * SHA-256 of images that are files: of their content and class in their order, split by split. Names and
 * places do not matter.
 */
export function digestOfFiles({
  train,
  validation,
  test,
}: Splits<readonly { readonly classIndex: number; readonly digest: string }[]>): string {
  const lines = [train, validation, test].flatMap((files, split) =>
    files.map(({ classIndex, digest }) => `${split} ${classIndex} ${digest}`),
  )
  return createHash('sha256').update(lines.join('\n')).digest('hex')
}
