/** No run to show: none at all, or none that is asked for. */
import { hrefOf } from '../router.ts'
import { Empty } from '../ui/empty.tsx'

export function NoRuns({ filtered }: { readonly filtered: boolean }) {
  if (filtered) {
    return (
      <Empty title="No run is like that">
        <a href={hrefOf({ kind: 'runs', query: {} })}>Show all runs</a>
      </Empty>
    )
  }
  return (
    <Empty title="No runs yet" command="slipway run pipeline.yaml">
      Runs of this machine appear here, those of terminals too. <a href="/pipelines">Start one of the pipelines</a>, or type:
    </Empty>
  )
}
