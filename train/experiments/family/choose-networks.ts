import { CacheNetError } from '../../../core/wire/errors.ts'
import type { TimedNetwork, TimedSeparable } from './timed-networks.ts'

/** One network of the experiment, and what it is in it. */
export interface FamilyArm {
  readonly name: 'plain' | 'separable, equal MMACs' | 'separable, equal ms'
  readonly network: TimedNetwork
}

/** What arms are called on the command line. */
const keys: Readonly<Record<string, FamilyArm['name']>> = {
  plain: 'plain',
  macs: 'separable, equal MMACs',
  ms: 'separable, equal ms',
}

/** The arms of a list as in `plain,ms`. Throws `config-invalid` for a name that none has. */
export function selectArms(arms: readonly FamilyArm[], list: string): FamilyArm[] {
  const names = list.split(',').map((key) => keys[key.trim()])
  if (names.includes(undefined))
    throw new CacheNetError('config-invalid', `--arms takes some of ${Object.keys(keys).join(', ')}.`, {
      '--arms': list,
    })
  return arms.filter(({ name }) => names.includes(name))
}

/** As near as this two costs count as equal. */
const tolerance = 0.05

/** The deepest of those whose cost equals the target, the nearest of several; or else the nearest of all. */
function nearest(
  networks: readonly TimedSeparable[],
  of: (network: TimedSeparable) => number,
  target: number,
): TimedSeparable | undefined {
  const distance = (network: TimedSeparable): number => Math.abs(Math.log(of(network) / target))
  const isEqual = (network: TimedSeparable): boolean => distance(network) <= Math.log(1 + tolerance)
  return [...networks].sort(
    (a, b) =>
      Number(isEqual(b)) - Number(isEqual(a)) ||
      (isEqual(a) ? b.depth - a.depth : 0) ||
      distance(a) - distance(b),
  )[0]
}

/**
 * The plain network of these widths, and those of the separable family that equal it in multiply-accumulates
 * and in milliseconds. The least time of each counts: what else a machine does only adds to it. Throws
 * `config-invalid` where one of them was not timed.
 *
 * @param wanted size: side of the images in pixels
 */
export function chooseNetworks(
  times: readonly TimedNetwork[],
  { size, widths }: { readonly size: number; readonly widths: readonly number[] },
): FamilyArm[] {
  const ofSize = times.filter((network) => network.size === size)
  const plain = ofSize.find((network) => 'widths' in network && network.widths.join() === widths.join())
  const separable = ofSize.filter((network): network is TimedSeparable => network.family === 'separable')
  const byMacs = plain && nearest(separable, ({ megaMacs }) => megaMacs, plain.megaMacs)
  const byMs = plain && nearest(separable, ({ ms }) => ms.least, plain.ms.least)
  if (plain === undefined || byMacs === undefined || byMs === undefined)
    throw new CacheNetError(
      'config-invalid',
      `No networks of both families were timed at ${size} px, a plain one of ${widths.join(', ')} among them. Set generalist.widths or imageSize to what was, or time others (npm run bench -- families).`,
      { size },
    )
  return [
    { name: 'plain', network: plain },
    { name: 'separable, equal MMACs', network: byMacs },
    { name: 'separable, equal ms', network: byMs },
  ]
}
