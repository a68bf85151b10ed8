/** The context of a small base image for steps: one static busybox with all its names, and a user. */
import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const dockerfile = `FROM scratch
COPY rootfs/ /
ENV PATH=/bin FROM_IMAGE=yes
ENTRYPOINT ["sh", "-c"]
CMD ["echo what the image starts, as $(id -u)"]
`

export function writeSmallBase(folder: string, busybox: string): void {
  const root = join(folder, 'rootfs')
  for (const name of ['bin', 'etc', 'home/app', 'tmp']) mkdirSync(join(root, name), { recursive: true })
  chmodSync(join(root, 'tmp'), 0o1777)
  copyFileSync(busybox, join(root, 'bin/busybox'))
  for (const name of execFileSync(busybox, ['--list'], { encoding: 'utf8' }).trim().split('\n'))
    if (name !== 'busybox') symlinkSync('busybox', join(root, 'bin', name))
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\napp:x:1000:1001:App:/home/app:/bin/sh\n')
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\napp:x:1001:\n')
  writeFileSync(join(folder, 'Dockerfile'), dockerfile)
}

/** An image without a shell: one program. */
export function writeShellless(folder: string, busybox: string): void {
  mkdirSync(folder, { recursive: true })
  copyFileSync(busybox, join(folder, 'busybox'))
  writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY busybox /busybox\n')
}
