import Explaining
import Testing

/// Boxes as people write them.
@Suite struct BoxExpressionTests {
  @Test func `numbers, places, rows and all are told apart`() throws {
    #expect(try BoxExpression(" 3 ") == .number(3))
    #expect(try BoxExpression("row:1234") == .row(1234))
    #expect(try BoxExpression("ALL") == .all)
    #expect(try BoxExpression("1, 2.5,30,40") == .area(left: 1, top: 2.5, right: 30, bottom: 40))
  }

  @Test(arguments: ["", "0", "-1", "row:-1", "row:x", "1,2,3", "1,2,3,4,5", "5,2,5,9", "1,9,3,2", "dog", "nan,0,1,1"])
  func `what is no box is refused`(text: String) {
    #expect(throws: ExplainingError.self) { try BoxExpression(text) }
  }
}
