import type { VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { PlacePicture } from '../../../../core/wire/place-pictures.ts'
import type { LearnedPlaceView } from '../../../../core/wire/places.ts'
import type { LearnedPlaces } from '../../state/learned-places.ts'
import { formatTime } from '../format.ts'
import { usePage } from '../page-context.ts'

interface PlacePicturesProps {
  readonly places: Pick<LearnedPlaces, 'pictures'>
  readonly place: Pick<LearnedPlaceView, 'id' | 'name' | 'frames'>
}

function Pictures({ places, place: { id, name, frames } }: PlacePicturesProps): VNode | null {
  const [pictures, setPictures] = useState<readonly PlacePicture[]>([])
  const isKept = frames > 0
  useEffect(() => {
    setPictures([])
    if (!isKept) return
    const leaving = new AbortController()
    void places.pictures(leaving.signal, id).then((found) => {
      if (!leaving.signal.aborted) setPictures(found)
    })
    return () => leaving.abort()
  }, [places, id, isKept])
  if (pictures.length === 0) return null
  return (
    <ul class="place-pictures" aria-label={`Frames of ${name}`} data-testid="place-pictures">
      {pictures.map(({ at, png }, index) => {
        const time = formatTime(Date.parse(at))
        return (
          <li key={index}>
            <img src={`data:image/png;base64,${png}`} alt={`Frame of ${time}`} title={time} />
          </li>
        )
      })}
    </ul>
  )
}

/** A few frames that the edge keeps of a place. Asked for only while the person allows it. */
export function PlacePictures(props: PlacePicturesProps): VNode | null {
  const { app } = usePage()
  return app.settings.values.value.isShowingPlaces ? <Pictures {...props} /> : null
}
