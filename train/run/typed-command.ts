import { basename, resolve } from 'node:path'
import type { PresetName } from '../config/presets.ts'

export interface TypedCommand {
  readonly id: string
  readonly data?: string | undefined
  readonly config?: string | undefined
  readonly from?: string | undefined
  readonly fullFrom?: string | undefined
  /**
   * Flags of a full model that somebody brought, by their names; values that are paths lose their folders.
   */
  readonly full?: Readonly<Record<string, string | undefined>> | undefined
  readonly hasClassPictures?: boolean
  readonly set?: string | undefined
}

/** Settings as a shell takes them whole: lists of objects have double quotes of their own. */
export const setArgument = (set: string): string => (set.includes('"') ? `--set '${set}'` : `--set "${set}"`)

/**
 * The command of a training as a person would type it on another machine: folders and files by their last
 * names only.
 */
export function typedCommand(
  preset: PresetName,
  { id, data, config, from, fullFrom, full, hasClassPictures = false, set }: TypedCommand,
): string {
  const parts = ['npm run train --', preset]
  if (data !== undefined) parts.push(`--data ${basename(resolve(data))}`)
  if (id !== preset) parts.push(`--id ${id}`)
  if (config !== undefined) parts.push(`--config ${basename(config)}`)
  if (from !== undefined) parts.push(`--from ${basename(resolve(from))}`)
  if (fullFrom !== undefined) parts.push(`--full-from ${basename(resolve(fullFrom))}`)
  for (const [flag, value] of Object.entries(full ?? {}))
    if (value !== undefined) parts.push(`--${flag} ${basename(value)}`)
  if (hasClassPictures) parts.push('--class-pictures')
  if (set !== undefined) parts.push(setArgument(set))
  return parts.join(' ')
}
