// Answers every request of the form that the test writes with its own parameters, byte for byte: nothing is parsed,
// so that no parser here can hide what one on the way has changed.
const REQUEST = /^\{"jsonrpc":"2\.0","id":(.+?),"method":"parity\/echo","params":(.*)\}$/s;

let rest = "";
process.stdin.setEncoding("utf8").on("data", (chunk) => {
  const lines = (rest + chunk).split("\n");
  rest = lines.pop();
  for (const line of lines) {
    const [, id, params] = REQUEST.exec(line) ?? [];
    if (id === undefined) console.error(`not as it was written: ${line}`);
    else process.stdout.write(`{"jsonrpc":"2.0","id":${id},"result":${params}}\n`);
  }
});
