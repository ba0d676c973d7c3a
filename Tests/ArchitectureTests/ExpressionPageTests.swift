import AttributionKit
import MethodCatalog
import Testing

/// The page on method expressions says what the kit does.
@Suite struct ExpressionPageTests {
  let page: String

  init() throws { page = try Project.text("Documentation/Expressions.md") }

  @Test(arguments: [CombinationDescriptor.product.identifier] + CombinationDescriptor.builtIn.map(\.identifier))
  func `every combination has its equation, its source and its parameters on the page`(identifier: String) throws {
    let combination = try #require(
      ([.product] + CombinationDescriptor.builtIn).first { $0.identifier == identifier })
    let number = try #require(combination.citation.split(separator: " ").last)
    let word = identifier == "*" ? " * " : "[`\(identifier)("
    #expect(page.split(separator: "\n").contains { $0.hasPrefix("| [`") && $0.contains(word) && $0.contains(number) })
    for parameter in combination.parameters {
      let row = "| `\(parameter.name)` | \(parameter.defaultValue) | \(parameter.expected)"
      #expect(page.contains(row), "\(row)")
    }
  }

  @Test(arguments: ["README.md", "Documentation/Expressions.md", "Documentation/Command.md"])
  func `every command on a page holds an expression that can be read`(path: String) throws {
    let commands = try Project.text(path).matches(of: /limn (?:compare|explain) [^\n`]*?--methods? '([^']+)'/)
    for command in commands where !command.1.contains("mine") {
      #expect(throws: Never.self, "\(command.1)") {
        try MethodExpression.list(parsing: String(command.1), among: MethodCatalog.methods)
      }
    }
    #expect(path != "Documentation/Expressions.md" || commands.count >= 5)
  }

  @Test func `the mistake on the page is told as the page shows it`() {
    #expect {
      try MethodExpression(parsing: "mean(cam, smooth(grad-cam, noise=2))", among: MethodCatalog.methods)
    } throws: {
      page.contains("```\nlimn: \($0)\n```")
    }
  }
}
