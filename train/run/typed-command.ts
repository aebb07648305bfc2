import { basename, resolve } from 'node:path'
import type { PresetName } from '../config/presets.ts'

export interface TypedCommand {
  readonly id: string
  readonly data?: string | undefined
  readonly config?: string | undefined
  readonly fullFrom?: string | undefined
  readonly set?: string | undefined
}

/** Settings as a shell takes them whole: lists of objects have double quotes of their own. */
export const setArgument = (set: string): string => (set.includes('"') ? `--set '${set}'` : `--set "${set}"`)

/**
 * The command of a training as a person would type it on another machine: folders and files by their last
 * names only.
 */
export function typedCommand(preset: PresetName, { id, data, config, fullFrom, set }: TypedCommand): string {
  const parts = ['npm run train --', preset]
  if (data !== undefined) parts.push(`--data ${basename(resolve(data))}`)
  if (id !== preset) parts.push(`--id ${id}`)
  if (config !== undefined) parts.push(`--config ${basename(config)}`)
  if (fullFrom !== undefined) parts.push(`--full-from ${basename(resolve(fullFrom))}`)
  if (set !== undefined) parts.push(setArgument(set))
  return parts.join(' ')
}
