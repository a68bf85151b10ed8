/** Images that nodes of a test cluster have without asking a registry: what holds pods together, and a busybox. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface SmallImage {
  readonly name: string
  /** Its files. */
  readonly root: string
  readonly config: Readonly<Record<string, unknown>>
}

/** A docker archive. Made with the tar of the machine, so that nothing of ours is between a test and what it tests. */
export function imageArchive({ name, root, config }: SmallImage, into: string): void {
  const work = `${into}.work`
  mkdirSync(work, { recursive: true })
  execFileSync('tar', ['-C', root, '--owner=0', '--group=0', '-cf', join(work, 'layer.tar'), '.'])
  const diffId = createHash('sha256')
    .update(readFileSync(join(work, 'layer.tar')))
    .digest('hex')
  writeFileSync(
    join(work, 'config.json'),
    JSON.stringify({ architecture: 'amd64', os: 'linux', config, rootfs: { type: 'layers', diff_ids: [`sha256:${diffId}`] } }),
  )
  writeFileSync(join(work, 'manifest.json'), JSON.stringify([{ Config: 'config.json', RepoTags: [name], Layers: ['layer.tar'] }]))
  execFileSync('tar', ['-C', work, '-cf', into, 'manifest.json', 'config.json', 'layer.tar'])
  execFileSync('rm', ['-rf', work])
}

/** `busybox`: a static one. */
export function clusterImages(folder: string, busybox: string): void {
  const images = join(folder, 'images')
  mkdirSync(images, { recursive: true })
  const root = join(folder, 'busybox-root')
  for (const name of ['bin', 'etc', 'root', 'tmp', 'usr/bin', 'var']) mkdirSync(join(root, name), { recursive: true })
  chmodSync(join(root, 'tmp'), 0o1777)
  copyFileSync(busybox, join(root, 'bin/busybox'))
  for (const name of execFileSync(busybox, ['--list'], { encoding: 'utf8' }).trim().split('\n'))
    if (name !== 'busybox') symlinkSync('busybox', join(root, 'bin', name))
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/home/app:/bin/sh\n')
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\napp:x:1000:\n')
  const config = { Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'OF_THE_IMAGE=yes'], Cmd: ['sh'] }
  imageArchive({ name: 'docker.io/library/busybox:1.37', root, config }, join(images, 'busybox.tar'))
  imageArchive({ name: 'docker.io/library/busybox:other', root, config: { ...config, Env: [...config.Env, 'OTHER=yes'] } }, join(images, 'other.tar'))
  // Under a name that no `hosts` sends elsewhere.
  imageArchive({ name: 'slipway.test/helper:1', root, config }, join(images, 'helper.tar'))
  imageArchive({ name: 'slipway.test/pause:1', root, config: { Cmd: ['/bin/busybox', 'sleep', '1000000000'] } }, join(images, 'pause.tar'))
}
