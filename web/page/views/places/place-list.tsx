import type { VNode } from 'preact'
import { useEffect, useMemo } from 'preact/hooks'
import '../../styles/places.css'
import type { LearnedPlaceView } from '../../../../core/wire/places.ts'
import { Icon } from '../../components/icon.tsx'
import { saveFile } from '../../platform/save-file.ts'
import type { LearnedPlaces } from '../../state/learned-places.ts'
import { PlaceCard } from './place-card.tsx'

const refreshMs = 5_000

/** A name that every file system takes. */
const fileNameOf = (name: string): string =>
  `place-${name.replaceAll(/[^\p{L}\p{N}]+/gu, '-').replaceAll(/^-|-$/g, '') || 'file'}`

/** The places that the edge knows, asked for every few seconds while they are looked at. */
export function PlaceList({ places }: { readonly places: LearnedPlaces }): VNode {
  const leaving = useMemo(() => new AbortController(), [places])
  useEffect(() => {
    const refresh = (): void => void places.refresh(leaving.signal)
    refresh()
    const timer = setInterval(refresh, refreshMs)
    return () => {
      clearInterval(timer)
      leaving.abort()
    }
  }, [places, leaving])
  const found = places.list.value
  const trouble = places.trouble.value ?? found?.trouble
  const isBusy = places.isBusy.value
  const save = async ({ id, name }: LearnedPlaceView): Promise<void> => {
    const file = await places.exportPlace(leaving.signal, id)
    if (file !== undefined) saveFile([file], 'application/json', `${fileNameOf(name)}.json`)
  }
  return (
    <>
      {trouble !== undefined && (
        <p class="muted" role="status" data-testid="places-trouble">
          {trouble}
        </p>
      )}
      {found !== undefined && found.places.length > 0 && (
        <>
          <ul class="partitions" aria-label="Places that the edge knows" data-testid="places">
            {found.places.map((place) => (
              <PlaceCard
                key={place.id}
                place={place}
                places={places}
                isBusy={isBusy}
                onRename={(name) => void places.rename(leaving.signal, place.id, name)}
                onExport={() => void save(place)}
                onForget={() => void places.forget(leaving.signal, place.id)}
              />
            ))}
          </ul>
          <button
            type="button"
            class="quiet"
            data-testid="forget-places"
            disabled={isBusy}
            onClick={() => void places.forget(leaving.signal)}
          >
            Forget all places
          </button>
        </>
      )}
      <label class="button">
        <input
          type="file"
          class="visually-hidden"
          data-testid="import-place"
          accept="application/json,.json"
          disabled={isBusy}
          onChange={({ currentTarget }) => {
            const file = currentTarget.files?.[0]
            if (file !== undefined) void places.importPlace(leaving.signal, file)
            // So that the same file can be chosen again.
            currentTarget.value = ''
          }}
        />
        <Icon name="folder" />
        Add a place from a file
      </label>
    </>
  )
}
