import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { longestPlaceName } from '../../../../core/wire/places.ts'

interface PlaceNameProps {
  readonly name: string
  readonly isBusy: boolean
  readonly onRename: (name: string) => void
}

/** Its name, which can be written over. */
export function PlaceName({ name, isBusy, onRename }: PlaceNameProps): VNode {
  // What is being written is not lost to a list that comes from the edge meanwhile.
  const [draft, setDraft] = useState<string>()
  return (
    <input
      class="place-name"
      data-testid="place-name"
      aria-label={`Name of ${name}`}
      value={draft ?? name}
      maxLength={longestPlaceName}
      readOnly={isBusy}
      onInput={({ currentTarget }) => setDraft(currentTarget.value)}
      onChange={({ currentTarget }) => {
        const wanted = currentTarget.value.trim()
        setDraft(undefined)
        if (wanted !== '' && wanted !== name) onRename(wanted)
      }}
    />
  )
}
