// What a module of a widget may not do.
import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: ["node_modules/"] },
  js.configs.recommended,
  {
    files: ["**/*.js"],
    languageOptions: { globals: globals.browser },
    rules: {
      eqeqeq: "error",
      "no-var": "error",
      "prefer-const": "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      // Text from the kernel must never become markup.
      "no-restricted-properties": [
        "error",
        { property: "innerHTML", message: "textContent: a name may hold markup" },
        { property: "outerHTML", message: "textContent: a name may hold markup" },
        { property: "insertAdjacentHTML", message: "textContent: a name may hold markup" },
      ],
    },
  },
];
