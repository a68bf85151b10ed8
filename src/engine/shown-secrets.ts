/** Secrets that ended up where everybody sees them: in the configuration of an image, because its Dockerfile put them there. */
import { diagnose } from '../base/diagnostic.ts'
import { stepPath } from '../events/step-path.ts'
import type { ImageConfig } from '../oci/manifest.ts'
import type { Image, Index } from '../oci/views.ts'
import type { ImageWork } from '../steps/image-work.ts'
import type { WorkAt } from './do-work.ts'

/** Warns once for each image, with the places. */
export async function warnOfShownSecrets(view: Image | Index, { context, step }: WorkAt<ImageWork>): Promise<void> {
  const { redactor } = context
  const places = new Set<string>()
  for (const config of await configsOf(view))
    for (const { place, text } of textsOf(config)) if (text !== '' && redactor.text(text) !== text) places.add(redactor.text(place))
  if (places.size === 0) return
  const note = diagnose('IMAGE_SHOWS_SECRET', { places: [...places].join(', ') }, { at: step.at })
  await context.emit({ kind: 'step.note', step: stepPath(step.path), note })
}

/** Attestations are no images of anything that runs. */
async function configsOf(view: Image | Index): Promise<readonly ImageConfig[]> {
  if (view.kind === 'image') return [await view.config()]
  const children = (await view.children()).filter(({ descriptor }) => descriptor.platform?.os !== 'unknown')
  return (await Promise.all(children.map(async ({ open }) => configsOf(await open())))).flat()
}

function textsOf({ config = {}, history = [], author }: ImageConfig): readonly { readonly place: string; readonly text: string }[] {
  const named = (config.Env ?? []).map((line) => ({ place: `ENV ${line.split('=')[0]}`, text: line.slice(line.indexOf('=') + 1) }))
  const labels = Object.entries(config.Labels ?? {}).map(([name, text]) => ({ place: `LABEL ${name}`, text }))
  const words = { CMD: config.Cmd, ENTRYPOINT: config.Entrypoint, HEALTHCHECK: config.Healthcheck?.Test, ONBUILD: config.OnBuild, SHELL: config.Shell }
  const commands = Object.entries(words).flatMap(([place, texts]) => (texts ?? []).map((text) => ({ place, text })))
  const others = { USER: config.User, WORKDIR: config.WorkingDir, MAINTAINER: author }
  const single = Object.entries(others).map(([place, text]) => ({ place, text: text ?? '' }))
  const told = history.flatMap(({ created_by, comment }) => [created_by ?? '', comment ?? ''].map((text) => ({ place: 'its history', text })))
  return [...named, ...labels, ...commands, ...single, ...told]
}
