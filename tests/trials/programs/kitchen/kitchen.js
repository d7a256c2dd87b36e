// A kitchen in one file, on Node's standard library, with its rows in memory. FAULTS names the faults that it has.
//
// owner   any user may read and change any order
// race    the stock is read, and written back after a turn of the event loop
// assign  an order takes every field that is sent
// edge    a note is expected to be a text
// leak    a file is opened to show an order, and stays open
const fs = require("node:fs");
const http = require("node:http");

const faults = (process.env.FAULTS || "").split(",");
const users = [], dishes = [], orders = [];
const turn = () => new Promise((done) => setTimeout(done, 5));

function caller(request) {
  const token = (request.headers.authorization || "").replace("Bearer token-", "");
  return users.find((user) => user.email === token);
}

const routes = [
  ["POST", /^\/register$/, async (_, said) => {
    if (users.some((user) => user.email === said.email)) return [409, {}];
    users.push({ id: users.length + 1, email: String(said.email), password: said.password });
    return [201, {}];
  }],
  ["POST", /^\/login$/, async (_, said) => {
    const known = users.find((user) => user.email === said.email && user.password === said.password);
    return known ? [200, { token: "token-" + said.email }] : [401, {}];
  }],
  ["POST", /^\/dishes$/, async (request, said) => {
    if (!caller(request)) return [401, {}];
    const dish = { id: dishes.length + 1, name: String(said.name), stock: 100 };
    dishes.push(dish);
    return [201, dish];
  }],
  ["GET", /^\/dishes\/(\w+)$/, async (request, said, id) => {
    const dish = dishes.find((one) => String(one.id) === id);
    return dish ? [200, dish] : [404, {}];
  }],
  ["POST", /^\/dishes\/(\w+)\/take$/, async (request, said, id) => {
    const dish = dishes.find((one) => String(one.id) === id);
    if (!caller(request)) return [401, {}];
    if (!dish) return [404, {}];
    if (faults.includes("race")) {
      const stock = dish.stock;
      await turn();
      dish.stock = stock - 1;
    } else {
      await turn();
      dish.stock -= 1;
    }
    return [200, {}];
  }],
  ["POST", /^\/orders$/, async (request, said) => {
    const user = caller(request);
    if (!user) return [401, {}];
    const note = faults.includes("edge") ? said.note.trim() : String(said.note).trim();
    const order = { id: orders.length + 1, note, status: "open", userId: user.id };
    if (faults.includes("assign")) Object.assign(order, said);
    orders.push(order);
    return [201, order];
  }],
  ["GET", /^\/orders\/(\w+)$/, async (request, said, id) => own(request, id, (order) => [200, order])],
  ["PATCH", /^\/orders\/(\w+)$/, async (request, said, id) => own(request, id, (order) => {
    order.note = String(said.note);
    return [200, order];
  })],
];

function own(request, id, then) {
  const user = caller(request);
  if (faults.includes("leak") && request.method === "GET") fs.openSync(__filename);
  if (!user) return [401, {}];
  const order = orders.find((one) => String(one.id) === id);
  if (!order || (!faults.includes("owner") && order.userId !== user.id)) return [404, {}];
  return then(order);
}

async function answer(request, text) {
  const path = request.url.split("?")[0];
  for (const [method, pattern, handler] of routes) {
    const found = pattern.exec(path);
    if (!found || method !== request.method) continue;
    let said = {};
    try {
      said = text ? JSON.parse(text) : {};
    } catch {
      return [400, {}];
    }
    if (said === null || typeof said !== "object" || Array.isArray(said)) return [400, {}];
    try {
      return await handler(request, said, ...found.slice(1));
    } catch {
      return [500, {}];
    }
  }
  return [404, {}];
}

const server = http.createServer((request, response) => {
  let text = "";
  request.on("data", (part) => { text += part; });
  request.on("end", async () => {
    const [status, body] = await answer(request, text);
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  });
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
