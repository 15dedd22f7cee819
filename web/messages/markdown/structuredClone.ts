/** Replaces `@ungap/structured-clone` in the build, which brings the function to old browsers. */
export default structuredClone;
