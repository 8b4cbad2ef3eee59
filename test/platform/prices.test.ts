import { describe, expect, test } from "vitest";
import { machineTypes, regions } from "../../platform/catalogue/machine-types.ts";
import { postgresClasses } from "../../platform/catalogue/postgres.ts";
import { priceOf, prices } from "../../platform/catalogue/prices/index.ts";

describe("every price", () => {
  test("is of a known region, with a unit, a page and a date", () => {
    for (const { cloud, region, unit, usd, source } of prices) {
      expect(["every", ...regions[cloud]]).toContain(region);
      expect(unit).not.toBe("");
      expect(usd).toBeGreaterThan(0);
      expect(source.page).toMatch(/^https:\/\//);
      expect(source.date).toMatch(/^\d{4}-\d\d-\d\d$/);
    }
  });

  test("is there once", () => {
    const names = prices.map(({ cloud, region, item }) => `${cloud} ${region} ${item}`);
    expect(new Set(names).size).toBe(names.length);
  });
});

test("every machine type has a price in each of its regions", () => {
  const items = { aws: "EC2", linode: "Linode" };
  for (const { cloud, name, regions: offered } of machineTypes) {
    if (cloud === "local") continue;
    for (const region of offered) expect(priceOf(cloud, region, `${items[cloud]} ${name}`), name).toBeDefined();
  }
});

test("every class of Postgres has a price in every region", () => {
  for (const { cloud, name } of postgresClasses) {
    const items =
      cloud === "linode" ? [1, 2, 3].map((servers) => `Postgres ${name}, ${servers} servers`) : [`RDS ${name}`];
    for (const region of regions[cloud])
      for (const item of items) expect(priceOf(cloud, region, item), item).toBeDefined();
  }
});

describe("a price of another region", () => {
  test("is marked as an estimate, and is at least as high as any item with both prices", () => {
    for (const region of regions.aws) {
      const factor = (priceOf("aws", region, "EFS storage")?.usd ?? 0) / 0.3;
      for (const { item, usd } of prices.filter((price) => price.region === region)) {
        const base = prices.find((price) => price.region === "us-east-1" && price.item === item);
        expect(usd, item).toBeLessThanOrEqual((base?.usd ?? 0) * factor * 1.000001);
      }
    }
    expect(priceOf("aws", "eu-central-1", "EFS storage")?.estimate).toBe("us-east-1 times 1.26");
    expect(priceOf("aws", "us-east-1", "EFS storage")).not.toHaveProperty("estimate");
  });

  test("does not exist where no factor is known, and no region is", () => {
    expect(priceOf("aws", "ap-south-1", "EFS storage")).toBeUndefined();
    expect(priceOf("aws", undefined, "EFS storage")).toBeUndefined();
    expect(priceOf("linode", "us-east-1", "EFS storage")).toBeUndefined();
  });
});
