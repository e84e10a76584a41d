import { verify } from "@octokit/webhooks-methods";
import { Hono } from "hono";
import type { AppEnv } from "sst-gatehouse/hono";
import Stripe from "stripe";

/** Shared with the senders; a real app has them by environment. */
export const secrets = { stripe: "whsec_of_these_tests", github: "secret of these tests" };

/** Senders sign the bytes of a body: each check gets the text as it came. */
export const webhooks = new Hono<AppEnv>()
  .post("/stripe", async (c) => {
    const { webhooks: checks } = new Stripe("sk_test_of_nobody");
    const signature = c.req.header("stripe-signature") ?? "";
    try {
      const event = checks.constructEvent(await c.req.text(), signature, secrets.stripe);
      return c.json({ received: event.id });
    } catch (error) {
      return c.json({ error: String(error) }, 400);
    }
  })
  .post("/github", async (c) => {
    const signature = c.req.header("x-hub-signature-256") ?? "";
    const text = await c.req.text();
    const holds = signature !== "" && (await verify(secrets.github, text, signature));
    return c.json({ event: c.req.header("x-github-event") }, holds ? 200 : 401);
  });
