/** Asking the server for a part of the page; who was signed out meanwhile is told so. */
import { signedOut } from "./toasts.js";

/**
 * @param {string} address
 * @param {RequestInit} options
 * @returns {Promise<Response>}
 */
export async function fragment(address, options = {}) {
  const headers = { "HX-Request": "true", ...options.headers };
  const response = await fetch(address, { ...options, headers });
  if (response.status === 401) signedOut();
  return response;
}
