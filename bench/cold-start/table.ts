import { ratios, spreadOf } from '../harness/spread.ts'
import type { ColdStarts } from './measure-cold-start.ts'

function line(what: string, values: readonly number[], digits: number, unit: string): string {
  const { n, median, least, most } = spreadOf(values)
  return `${what.padEnd(66)} ${median.toFixed(digits)}${unit}  (${least.toFixed(digits)}–${most.toFixed(digits)}, n = ${n})`
}

/** Medians with least and most; ratios are of starts of the same round. */
export function coldStartTable({ app, files, network }: ColdStarts): string {
  return [
    line('app: first answer on the page', app, 0, ' ms'),
    line('WebAssembly file and one network, fetched and compiled', files, 0, ' ms'),
    line('the same, in the worker, with its first inference', network, 0, ' ms'),
    line('app ÷ fetched and compiled', ratios(app, files), 2, ''),
    line('app ÷ with its first inference', ratios(app, network), 2, ''),
  ].join('\n')
}
