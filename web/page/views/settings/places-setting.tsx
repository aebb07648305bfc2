import type { VNode } from 'preact'
import '../../styles/cache.css'
import type { LearnedPlaces } from '../../state/learned-places.ts'
import { usePage } from '../page-context.ts'
import { PlaceList } from '../places/place-list.tsx'
import { Switch } from './field.tsx'

/** Whether frames may be kept to learn this place, whether they are shown, and what was learned. */
export function PlacesSetting({ places }: { readonly places: LearnedPlaces }): VNode {
  const { app } = usePage()
  const { isLearningPlace, isShowingPlaces } = app.settings.values.value
  return (
    <div class="panel">
      <h2>Places</h2>
      <Switch
        label="Learn this place"
        testId="learn-place"
        isOn={isLearningPlace}
        onChange={(isOn) => app.changeSettings({ isLearningPlace: isOn })}
      >
        The edge keeps the frames that this device sends it, with its answers, in a folder of its own until
        you forget the place or they are too old, to learn a specialist of it. Where its host allows it,
        whoever uses this edge may look at a few of them. Where it has learned, it takes strangers more often
        for somebody it knows.
      </Switch>
      <Switch
        label="Show pictures of places"
        testId="show-places"
        isOn={isShowingPlaces}
        onChange={(isOn) => app.changeSettings({ isShowingPlaces: isOn })}
      >
        The edge sends this device a few of the frames that it keeps of each place, whoever sent them, where
        its host allows it; they are shown here, and not stored.
      </Switch>
      <PlaceList places={places} />
    </div>
  )
}
