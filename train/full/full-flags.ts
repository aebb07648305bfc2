import { CacheNetError } from '../../core/wire/errors.ts'
import type { BroughtModel } from './bring-full.ts'

/** Flags that say something of a full model, as they were given. */
export interface FullArgs {
  readonly full?: string | undefined
  readonly labels?: string | undefined
  readonly 'full-input'?: string | undefined
  readonly 'full-features'?: string | undefined
  readonly 'full-licence'?: string | undefined
  readonly unlabelled?: string | undefined
  readonly 'full-from'?: string | undefined
  readonly 'dry-run': boolean
}

/** Those of them that a model is brought with, by their names. */
export const fullFlags = (args: FullArgs): Readonly<Record<string, string | undefined>> => ({
  full: args.full,
  labels: args.labels,
  'full-input': args['full-input'],
  'full-features': args['full-features'],
  'full-licence': args['full-licence'],
  unlabelled: args.unlabelled,
})

/**
 * The model that somebody brings; undefined where a full model is trained. Throws `config-invalid` for flags
 * that say something of a model that there is not, and for two models.
 */
export function broughtModel(args: FullArgs): BroughtModel | undefined {
  const { full: model } = args
  if (model === undefined) {
    const without = Object.entries(fullFlags(args)).find(([, value]) => value !== undefined)?.[0]
    const flag = without ?? (args['dry-run'] ? 'dry-run' : undefined)
    if (flag === undefined) return undefined
    throw new CacheNetError('config-invalid', `--${flag} says something of --full FILE, and there is none.`, {
      flag,
    })
  }
  if (args['full-from'] !== undefined)
    throw new CacheNetError(
      'config-invalid',
      '--full and --full-from both name a full model. Choose one.',
      {},
    )
  const { labels } = args
  return {
    model,
    labels,
    input: args['full-input'],
    features: args['full-features'],
    licence: args['full-licence'],
  }
}
