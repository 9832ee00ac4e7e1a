"use strict";
require("./load.cjs");
module.exports = require("./library.ts");
