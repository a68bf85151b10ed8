/** A small base image for RUN: one static busybox with all its names, users, groups, and the folders that systems have. */
import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Fixture } from '../../../src/builder/build-fixture.ts'
import type { Image } from '../../../src/oci/views.ts'

const passwd = `root:x:0:0:root:/root:/bin/sh
app:x:1000:1001:App:/home/app:/bin/sh
nobody:x:65534:65534:nobody:/nonexistent:/bin/false
`
const group = `root:x:0:
tty:x:5:
staff:x:50:app,other
wheel:x:51:app
app:x:1001:
`

const dockerfile = `FROM scratch
COPY rootfs/ /
COPY --chown=1000:1001 app/ /home/
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
CMD ["sh"]
`

/** `more`: folders besides the usual ones. */
export async function busyboxBase(f: Fixture, busybox: string, more: readonly string[] = []): Promise<Image> {
  const root = join(f.contextDir, 'rootfs')
  for (const folder of ['bin', 'etc', 'root', 'usr/local/bin', 'usr/share', 'var/lib', 'srv', 'tmp', 'home', ...more])
    mkdirSync(join(root, folder), { recursive: true })
  chmodSync(join(root, 'tmp'), 0o1777)
  mkdirSync(join(f.contextDir, 'app/app'), { recursive: true })
  copyFileSync(busybox, join(root, 'bin/busybox'))
  chmodSync(join(root, 'bin/busybox'), 0o755)
  for (const name of execFileSync(busybox, ['--list'], { encoding: 'utf8' }).trim().split('\n'))
    if (name !== 'busybox') symlinkSync('busybox', join(root, 'bin', name))
  writeFileSync(join(root, 'etc/passwd'), passwd)
  writeFileSync(join(root, 'etc/group'), group)
  mkdirSync(join(root, 'srv/data/deep'), { recursive: true })
  for (const name of ['a', 'b', 'deep/c']) writeFileSync(join(root, 'srv/data', name), `${name}\n`)
  return (await f.build(dockerfile)).image
}
