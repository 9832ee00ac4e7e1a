export { nextId as reExported } from "./library";
