import type { Manifest } from '../../../core/bundle/manifest.ts'
import { walkerNames } from '../../../core/walkers/names.ts'
import { walkerSites, type Site } from '../../../core/walkers/sites.ts'

/**
 * The sites that a bundle's people were trained at, drawn as they were there: its places that show nobody but
 * people. Undefined where it knows none; then each recording of the demo has a place of its own.
 */
export function demoSites({
  classNames,
  dataset,
  scenes,
}: Pick<Manifest, 'classNames' | 'dataset' | 'scenes'>): Site[] | undefined {
  if (dataset.kind !== 'people' && dataset.kind !== 'world') return undefined
  const known = new Set(classNames)
  const people = new Set(walkerNames(classNames.length).filter((name) => known.has(name)))
  const isSite = ({ shares }: { readonly shares: readonly number[] }): boolean =>
    classNames.every((name, index) => (shares[index] ?? 0) === 0 || people.has(name))
  const sites = (scenes?.places ?? []).filter(isSite)
  return sites.length === 0 ? undefined : walkerSites(people.size, sites.length)
}
