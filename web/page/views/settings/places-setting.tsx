import { useEffect, useMemo, useState } from 'preact/hooks'
import type { VNode } from 'preact'
import '../../styles/cache.css'
import { createEdgeApi } from '../../../../core/client/edge-api.ts'
import { longestPlaceName, type LearnedPlaceView } from '../../../../core/wire/places.ts'
import { Icon } from '../../components/icon.tsx'
import { learnsPlaces } from '../../edge/learn-stream.ts'
import { saveFile } from '../../platform/save-file.ts'
import { createLearnedPlaces, type LearnedPlaces } from '../../state/learned-places.ts'
import { formatAgo, formatBytes, formatShare } from '../format.ts'
import { usePage } from '../page-context.ts'
import { Switch } from './field.tsx'

const refreshMs = 5_000

/** What a place is at, in a sentence. */
export function placeText({ stage, framesMissing, message }: LearnedPlaceView): string {
  switch (stage) {
    case 'gathering':
      return framesMissing === 0 ? 'It has enough frames.' : `It needs ${framesMissing} more frames.`
    case 'waiting':
      return 'It waits to be learned.'
    case 'learning':
      return 'It is being learned now.'
    case 'learned':
      return 'It is learned.'
    case 'no-gain':
      return 'What was learned does not gain yet.'
    case 'failed':
      return message ?? 'It could not be learned.'
    default:
      return stage satisfies never
  }
}

/** That what was learned no longer fits, in a sentence; nothing where it does. */
export const driftText = ({ drifts = 0 }: LearnedPlaceView): string =>
  drifts === 0 ? '' : 'The place has changed: it answers less by itself until it is learned anew.'

/** Its name, which can be written over. */
function PlaceName({
  name,
  isBusy,
  onRename,
}: {
  readonly name: string
  readonly isBusy: boolean
  readonly onRename: (name: string) => void
}): VNode {
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

function PlaceItem({
  place,
  isBusy,
  onRename,
  onExport,
  onForget,
}: {
  readonly place: LearnedPlaceView
  readonly isBusy: boolean
  readonly onRename: (name: string) => void
  readonly onExport: () => void
  readonly onForget: () => void
}): VNode {
  const { learned } = place
  return (
    <li class="partition" data-testid="place" data-place={place.id} data-stage={place.stage}>
      <div class="partition-head">
        <h3>
          <PlaceName name={place.name} isBusy={isBusy} onRename={onRename} />
        </h3>
        <p class="partition-state">{placeText(place)}</p>
      </div>
      <button
        type="button"
        class="icon-button"
        aria-label={`Forget ${place.name}`}
        disabled={isBusy}
        onClick={onForget}
      >
        <Icon name="trash" />
      </button>
      {learned !== undefined && (
        <p class="partition-classes">
          Sent to the edge: {formatShare(learned.before.misses)} of its frames before,{' '}
          {formatShare(learned.after.misses)} now. {driftText(place)}
        </p>
      )}
      <p class="partition-facts">
        {learned !== undefined && <span>learned {formatAgo(Date.parse(learned.at))}</span>}
        {learned !== undefined && <span>{formatBytes(learned.bytes)}</span>}
        <span>
          {place.frames} frames on the edge, {formatBytes(place.bytes)}
        </span>
      </p>
      {learned !== undefined && (
        <button type="button" class="quiet" disabled={isBusy} onClick={onExport}>
          <Icon name="save" />
          Save {place.name} as a file
        </button>
      )}
    </li>
  )
}

/** A name that every file system takes. */
const fileNameOf = (name: string): string =>
  `place-${name.replaceAll(/[^\p{L}\p{N}]+/gu, '-').replaceAll(/^-|-$/g, '') || 'file'}`

function PlaceListView({ places }: { readonly places: LearnedPlaces }): VNode {
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
              <PlaceItem
                key={place.id}
                place={place}
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

/**
 * Whether frames may be kept to learn this place, and what was learned. Nothing where the edge learns none.
 */
export function PlacesSetting(): VNode | null {
  const { app } = usePage()
  const settings = app.settings.values.value
  const opened = app.bundle.opened.value
  const bundleId = opened?.manifest.id
  const { edgeToken } = settings
  const places = useMemo(
    () =>
      bundleId === undefined
        ? undefined
        : createLearnedPlaces(
            createEdgeApi({ baseUrl: '', token: edgeToken === '' ? undefined : edgeToken }),
            bundleId,
          ),
    [bundleId, edgeToken],
  )
  if (opened === undefined || places === undefined) return null
  if (!learnsPlaces(opened.list.value, opened.manifest.id, settings)) return null
  return (
    <div class="panel">
      <h2>Places</h2>
      <Switch
        label="Learn this place"
        testId="learn-place"
        isOn={settings.isLearningPlace}
        onChange={(isOn) => app.changeSettings({ isLearningPlace: isOn })}
      >
        The edge keeps the frames that this device sends it, with its answers, in a folder of its own until
        you forget the place or they are too old, to learn a specialist of it. Where it has learned, it takes
        strangers more often for somebody it knows.
      </Switch>
      <PlaceListView places={places} />
    </div>
  )
}
