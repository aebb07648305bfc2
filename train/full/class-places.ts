import { readFile } from 'node:fs/promises'
import { refuseModel, type OnnxModel } from '../../onnx/read-model.ts'

/** Names as everybody writes them (NFC), without what an editor leaves at the end of a line. */
const tidy = (name: string): string => name.normalize('NFC').trim()

/**
 * A labels file: one class a line, in the order of the model's outputs. Empty lines at its end are nothing.
 */
export async function readLabels(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw refuseModel(`The labels ${path} cannot be read. Check the path.`, { path, cause: String(cause) })
  })
  return text
    .replace(/^\uFEFF/, '')
    .trimEnd()
    .split(/\r?\n/)
    .map(tidy)
}

/**
 * Names that a model itself carries, in the order of its outputs: Ultralytics writes `{0: 'cat', 1: 'dog'}`
 * into the metadata.
 */
export function labelsInside({ message }: OnnxModel): string[] | undefined {
  const text = (message.metadataProps ?? []).find(({ key }) => key === 'names')?.value ?? ''
  const found = [...text.matchAll(/(\d+)\s*:\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")/g)].map(
    ([, index, single, double]) =>
      [Number(index), tidy((single ?? double ?? '').replaceAll(/\\(.)/g, '$1'))] as const,
  )
  const labels = found.sort(([a], [b]) => a - b).map(([, name]) => name)
  return found.length > 0 && found.every(([index], at) => index === at) ? labels : undefined
}

const listed = (names: readonly string[]): string =>
  `${names.slice(0, 10).join(', ')}${names.length > 10 ? ` and ${names.length - 10} more` : ''}`

/**
 * The output of each class of the data. Throws `config-invalid` where the labels are not as many as the
 * outputs, and for classes that are not among them, or more than once, by name.
 *
 * @param where the labels stand, of an error
 */
export function placesOfClasses(
  classNames: readonly string[],
  labels: readonly string[],
  outputs: number,
  where: string,
): number[] {
  if (labels.length !== outputs)
    throw refuseModel(
      `${where} names ${labels.length} classes, and the model has ${outputs} outputs. Write one class a line, in the order of the outputs.`,
      { labels: labels.length, outputs },
    )
  const counts = new Map<string, number>()
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1)
  const missing = classNames.filter((name) => !counts.has(tidy(name)))
  if (missing.length > 0)
    throw refuseModel(
      `The model does not know these classes of the data: ${listed(missing)}. ${where} must name them as their folders are called.`,
      { missing },
    )
  const twice = classNames.filter((name) => (counts.get(tidy(name)) ?? 0) > 1)
  if (twice.length > 0)
    throw refuseModel(
      `${where} names these classes more than once: ${listed(twice)}. Give each output a name of its own.`,
      { twice },
    )
  return classNames.map((name) => labels.indexOf(tidy(name)))
}
