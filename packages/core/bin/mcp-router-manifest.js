#!/usr/bin/env node
import "../dist/manifest-build/main.js";
