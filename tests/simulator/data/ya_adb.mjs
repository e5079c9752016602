// A JavaScript client that talks to the phone itself over TCP: @yume-chan/adb. `node ya_adb.mjs PORT`
import net from "node:net";
import { webcrypto } from "node:crypto";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

// The packages are where NODE_PATH says, which `import` itself does not look at.
const require = createRequire(`${process.env.NODE_PATH}/`);
const load = (name) => import(pathToFileURL(require.resolve(name)));
const { Adb, AdbDaemonTransport, AdbPacket, AdbPacketSerializeStream } = await load("@yume-chan/adb");
const streams = await load("@yume-chan/stream-extra");
const { ReadableStream, WritableStream, StructDeserializeStream, MaybeConsumable, pipeFrom } = streams;

const socket = net.connect({ host: "127.0.0.1", port: Number(process.argv[2]), noDelay: true });
await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
const readable = new ReadableStream({
  start: (out) => void socket.on("data", (data) => out.enqueue(new Uint8Array(data))),
});
const writable = new WritableStream({
  write: (data) => new Promise((resolve, reject) =>
    socket.write(data, (error) => (error ? reject(error) : resolve()))),
});
const keys = [];
const credentialStore = {
  async generateKey() {
    const kind = { name: "RSASSA-PKCS1-v1_5", modulusLength: 2048, hash: "SHA-1",
                   publicExponent: new Uint8Array([1, 0, 1]) };
    const pair = await webcrypto.subtle.generateKey(kind, true, ["sign", "verify"]);
    const buffer = new Uint8Array(await webcrypto.subtle.exportKey("pkcs8", pair.privateKey));
    keys.push({ buffer, name: "test@node" });
    return keys[0];
  },
  iterateKeys: () => keys[Symbol.iterator](),
};
const transport = await AdbDaemonTransport.authenticate({
  serial: "tcp",
  credentialStore,
  connection: {
    readable: readable.pipeThrough(new StructDeserializeStream(AdbPacket)),
    writable: pipeFrom(new MaybeConsumable.WrapWritableStream(writable), new AdbPacketSerializeStream()),
  },
});
const adb = new Adb(transport);
const said = { model: adb.banner.model, sdk: await adb.getProp("ro.build.version.sdk") };

const done = await adb.subprocess.shellProtocol.spawnWait("echo out; echo err >&2; exit 7");
const text = (bytes) => new TextDecoder().decode(bytes);
said.shell = [text(done.stdout), text(done.stderr), done.exitCode];

const data = webcrypto.getRandomValues(new Uint8Array(60_001));
const file = new ReadableStream({ start(out) { out.enqueue(data); out.close(); } });
const sync = await adb.sync();
await sync.write({ filename: "/sdcard/Download/js.bin", file, permission: 0o644, mtime: 1700000000 });
const back = [];
for await (const part of sync.read("/sdcard/Download/js.bin")) back.push(part);
said.same = Buffer.concat(back).equals(Buffer.from(data));
said.listed = (await sync.readdir("/sdcard/Download")).map((entry) => entry.name).includes("js.bin");
await sync.dispose();

const picture = await adb.framebuffer();
said.picture = [picture.width, picture.height];
said.refused = await Promise.resolve(adb.createSocket("tcp:1")).then(() => false, () => true);
console.log(JSON.stringify(said));
process.exit(0);
