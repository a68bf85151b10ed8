/** The script that a user would write: build and load, save, and a push to each registry, those at once. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { ChrootedDocker } from '../../../test/real/support/chrooted-docker.ts'
import { CannotMeasure } from '../support/bench.ts'
import { repository, tag } from './pipeline.ts'

const image = 'bench-flow'

/** `folder`: where the context is and the archive shall be, as the daemon's client sees it. */
export async function dockerFlow(docker: ChrootedDocker, o: { readonly context: string; readonly registries: readonly string[] }): Promise<void> {
  const refs = o.registries.map((host) => `${host}/${repository}:${tag}`)
  const script = [
    'set -e',
    `docker buildx build --load --provenance=false -q -t ${image} '${o.context}'`,
    `docker save -o '${join(docker.shared, 'image.tar')}' ${image}`,
    ...refs.map((ref) => `docker tag ${image} ${ref}`),
    ...refs.map((ref, i) => `docker push -q ${ref} & p${i}=$!`),
    ...refs.map((_, i) => `wait $p${i}`),
  ]
  await must(docker, 'sh', ['-c', script.join('\n')])
}

/** As new: no images, no cache, no archive. */
export async function forget(docker: ChrootedDocker): Promise<void> {
  await must(docker, 'docker', ['system', 'prune', '--all', '--force', '--volumes'])
  await must(docker, 'docker', ['builder', 'prune', '--all', '--force'])
  rmSync(join(docker.shared, 'image.tar'), { force: true })
}

async function must(docker: ChrootedDocker, program: string, args: readonly string[]): Promise<void> {
  const { code, out, err } = await docker.run(program, args)
  if (code !== 0) throw new CannotMeasure(`${program} ${args[0]} ended with ${code}:\n${`${out}${err}`.slice(-2000)}`)
}
