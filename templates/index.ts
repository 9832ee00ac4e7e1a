export { achievement } from "./achievement";
export { seasonNews } from "./season-news";
export { welcome } from "./welcome";
