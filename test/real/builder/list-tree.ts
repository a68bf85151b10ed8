/** What a file tree is, as lines of text: two trees are the same when their lines are. Needs coreutils and getfattr. */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

const script = (folder: string) => `cd ${folder}
echo '# stat'
find . -print0 | sort -z | xargs -0 stat -c '%F|%a|%u|%g|%s|%.9Y|%h|%i|%t:%T|%N' --
echo '# content'
find . -type f -size -50M -print0 | sort -z | xargs -0 -r sha256sum --
find . -type f -size +50M -print0 | sort -z | xargs -0 -r -n 1 tail -c 3000000 | sha256sum
echo '# attributes'
find . -print0 | sort -z | xargs -0 getfattr -h -d -m '^(user|security.capability|trusted\\.[^o])' -e hex --`

/** In mounts of its own: the tar unpacked by GNU tar on a tmpfs (whose times have no limits), and the image mounted. */
export function bothTrees(folder: string, o: { readonly folderTimes: boolean }): { readonly unpacked: readonly string[]; readonly mounted: readonly string[] } {
  writeFileSync(
    join(folder, 'list.sh'),
    `set -e
export LC_ALL=C
mkdir -p ${folder}/a ${folder}/b
mount -t tmpfs -o mode=755 none ${folder}/a
tar -C ${folder}/a --xattrs --xattrs-include='*' --numeric-owner --same-owner -xpf ${folder}/layer.tar 2>> ${folder}/errors || test $? -lt 2
mount -t erofs -o loop,ro ${folder}/layer.erofs ${folder}/b
(${script(`${folder}/a`)}) > ${folder}/a.txt
(${script(`${folder}/b`)}) > ${folder}/b.txt
`,
  )
  execFileSync('/usr/bin/unshare', ['-m', '/bin/sh', join(folder, 'list.sh')], { stdio: 'inherit' })
  const lines = (name: string) => normal(execFileSync('/bin/cat', [join(folder, name)], { encoding: 'latin1', maxBuffer: 2 ** 30 }), o.folderTimes)
  return { unpacked: lines('a.txt'), mounted: lines('b.txt') }
}

/** Inode numbers become the number of the first path with them; sizes and links of directories are each file system's own. */
function normal(text: string, folderTimes: boolean): readonly string[] {
  const groups = new Map<string, number>()
  return text.split('\n').map((line, i) => {
    const fields = line.split('|')
    if (fields.length < 10) return line
    const [kind = '', mode, uid, gid, size, time, links, inode = '', device, ...name] = fields
    if (kind === 'directory') return [kind, mode, uid, gid, folderTimes ? time : '', ...name].join('|')
    if (!groups.has(inode)) groups.set(inode, i)
    const special = kind.startsWith('character') || kind.startsWith('block')
    return [kind, mode, uid, gid, size, time, links, groups.get(inode), special ? device : '', ...name].join('|')
  })
}
