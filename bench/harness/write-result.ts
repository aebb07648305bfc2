import { writeAtomically } from '../../train/run/write-atomically.ts'

/** Writes what a bench measured as JSON, whole or not at all, and says where. */
export async function writeResult(out: string, result: object, say: (line: string) => void): Promise<void> {
  await writeAtomically(out, `${JSON.stringify(result, undefined, 2)}\n`)
  say(`written to ${out}`)
}
