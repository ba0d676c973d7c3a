import Foundation
import Testing

import Formats

@Suite struct LabelsFileTests {
  private func names(_ text: String) throws -> [String] { try LabelsFile(Data(text.utf8)).names }

  @Test(arguments: [
    "cat\ndog\nowl\n", "cat\r\ndog\r\nowl", "cat\rdog\rowl\r", "0 cat\n1 dog\n2 owl\n",
    "0: cat\n1: dog\n2: owl\n",
    "[\"cat\", \"dog\", \"owl\"]", "{\"0\": \"cat\", \"1\": \"dog\", \"2\": \"owl\"}",
    "{0: 'cat', 1: 'dog', 2: 'owl',}",
    "{\"cat\": 0, \"owl\": 2, \"dog\": 1}",
    "{\"0\": [\"n02123045\", \"cat\"], \"1\": [\"n02084071\", \"dog\"], \"2\": [\"n01514668\", \"owl\"]}",
    "{\"model_type\": \"vit\", \"id2label\": {\"0\": \"cat\", \"1\": \"dog\", \"2\": \"owl\"}, \"size\": 3}",
    "path: data\nnc: 3\nnames:\n  0: cat\n  1: dog\n  2: owl\n",
    "nc: 3\nnames: ['cat', 'dog', 'owl']\n",
    "names:\n- cat\n- dog\n- owl\n", "- cat\n- dog\n- owl\n",
    "{\"categories\": [{\"id\": 2, \"name\": \"owl\"}, {\"id\": 0, \"name\": \"cat\"}, {\"id\": 1, \"name\": \"dog\"}]}",
    "index,name\n0,cat\n1,dog\n2,owl\n", "id;label;colour\n2;owl;red\n1;dog;blue\n0;cat;red\n",
    "0,cat\n1,dog\n2,owl\n",
    "cat\t0\ndog\t1\nowl\t2\n", "name,number\n\"cat\",7\n\"dog\",9\n\"owl\",3\n",
    "item {\n  id: 0\n  name: 'cat'\n}\nitem {\n  id: 1\n  name: \"dog\"\n}\nitem { id: 2 name: 'x' display_name: 'owl' }\n",
    "n02123045 cat\nn02084071 dog\nn01514668 owl\n", "1\tcat\n2\tdog\n3\towl\n",
  ])
  func `every form that people hold gives the same names`(text: String) throws {
    #expect(try names(text) == ["cat", "dog", "owl"])
  }

  @Test(arguments: [
    (String.Encoding.utf16LittleEndian, [0xFF, 0xFE] as [UInt8]), (.utf16BigEndian, [0xFE, 0xFF]),
    (.utf16LittleEndian, []),
    (.utf8, [0xEF, 0xBB, 0xBF]),
  ])
  func `every encoding with a mark, or plainly without one, is read`(
    encoding: String.Encoding, mark: [UInt8]
  ) throws {
    let data = try #require("Katze\nHündin\nEule\n".data(using: encoding))
    #expect(try LabelsFile(Data(mark) + data).names == ["Katze", "Hündin", "Eule"])
  }

  @Test func `Latin-1 is read and said`() throws {
    let file = try LabelsFile(try #require("Kätzchen\nHündin".data(using: .isoLatin1)))
    #expect(file.names == ["Kätzchen", "Hündin"])
    #expect(file.remarks.contains { $0.contains("Latin-1") })
  }

  @Test func `numbers and identifiers that tell names apart stay`() throws {
    #expect(try names("1 euro\n2 euro\n3 euro") == ["1 euro", "2 euro", "3 euro"])
    #expect(
      try names("n02012849 crane\nn03126707 crane\nn02123045 cat") == [
        "crane (n02012849)", "crane (n03126707)", "cat",
      ])
    #expect(try names("0\n1\n10\n11\n2") == ["0", "1", "10", "11", "2"])
    #expect(
      try names("tench, Tinca tinca\ngoldfish, Carassius auratus") == [
        "tench, Tinca tinca", "goldfish, Carassius auratus",
      ])
    #expect(try names("car: red\ncar: blue") == ["car: red", "car: blue"])
    #expect(try names("T-shirt/top\nTrouser") == ["T-shirt/top", "Trouser"])
    #expect(try names("yes\nno") == ["yes", "no"])
  }

  @Test func `gaps and other first numbers are said`() throws {
    let coco = try LabelsFile(
      Data(#"{"categories": [{"id": 1, "name": "person"}, {"id": 3, "name": "car"}]}"#.utf8))
    #expect(coco.names == ["person", "car"] && coco.remarks.contains { $0.contains("gaps") })
    let map = try LabelsFile(Data(#"{"1": "person", "2": "car"}"#.utf8))
    #expect(map.names == ["person", "car"] && map.remarks.contains { $0.contains("from 1") })
  }

  @Test func `a text numbered from 1, and a file that contradicts itself, are said`() throws {
    let lines = try LabelsFile(Data("1 cat\n2 dog\n3 owl".utf8))
    #expect(lines.names == ["cat", "dog", "owl"] && lines.remarks.contains { $0.contains("numbered from 1") })
    #expect(try LabelsFile(Data("0 cat\n1 dog".utf8)).remarks.isEmpty)
    let torn = try LabelsFile(
      Data(#"{"label2id": {"cat": 1, "dog": 0}, "id2label": {"0": "cat", "1": "dog"}}"#.utf8))
    #expect(
      torn.names == ["cat", "dog"] && torn.remarks == ["its 'label2id' contradicts 'id2label', which is followed"])
    let whole = try LabelsFile(
      Data(#"{"label2id": {"cat": 0, "dog": 1}, "id2label": {"0": "cat", "1": "dog"}}"#.utf8))
    #expect(whole.remarks.isEmpty)
  }

  @Test func `what holds no names is refused with its kind`() throws {
    #expect(throws: LabelsFault.self) { try LabelsFile(Data([0x50, 0x4B, 3, 4, 0, 0, 0, 0, 1])) }
    #expect(throws: LabelsFault.self) {
      try LabelsFile(Data(#"{"mean": [0.5, 0.5], "std": 1}"#.utf8))
    }
    #expect(throws: LabelsFault.self) { try LabelsFile(Data(#"{"0": "cat", "#.utf8)) }
    #expect(throws: LabelsFault.self) { try LabelsFile(Data()) }
  }

  @Test(arguments: [
    // JSON by lines, with a Python program's variable, in round brackets, with Python's apostrophes, indented by tabs.
    "{\"id\": 0, \"name\": \"cat\"}\n{\"id\": 1, \"name\": \"dog\"}\n{\"id\": 2, \"name\": \"owl\"}\n",
    "CLASSES = ['cat', 'dog', 'owl']\n", "export const LABELS = {0: \"cat\", 1: \"dog\", 2: \"owl\"};\n",
    "('cat', 'dog', 'owl')", "{\n\t\"0\": \"cat\",\n\t\"1\": \"dog\",\n\t\"2\": \"owl\"\n}",
    // A data set's page and its columns.
    "---\nlicense: mit\ndataset_info:\n  features:\n  - name: image\n    dtype: image\n  - name: label\n    dtype:\n"
      + "      class_label:\n        names:\n          '0': cat\n          '1': dog\n          '2': owl\n---\n# Animals\n",
    "{\"features\": {\"image\": {\"_type\": \"Image\"}, \"label\": {\"names\": [\"cat\", \"dog\", \"owl\"]}}}",
    // Tables with other headings, and quoted names.
    "Class ID,Class Name\n0,cat\n1,dog\n2,owl\n", "id\tdescription\n2\towl\n0\tcat\n1\tdog\n",
    "n02123045 1 cat\nn02084071 2 dog\nn01514668 3 owl\n",
    // A column that is called class or label and holds numbers.
    "class,display\n0,cat\n1,dog\n2,owl\n", "label,description\n2,owl\n0,cat\n1,dog\n",
    "wnid;label;meaning\nn1;0;cat\nn2;1;dog\nn3;2;owl\n",
  ])
  func `forms that programs write beside these are read alike`(text: String) throws {
    #expect(try names(text) == ["cat", "dog", "owl"])
  }

  @Test func `names that are numbers are told from their indices`() throws {
    #expect(try names(#"{"0": 0, "1": 1, "10": 2, "2": 3}"#) == ["0", "1", "10", "2"])
    #expect(try names(#"{"class_to_idx": {"1": 0, "0": 1}}"#) == ["1", "0"])
    #expect(try names(#"{"id2label": {"0": "7", "1": "3"}}"#) == ["7", "3"])
    #expect(try names(#"{"0": "1", "1": "0"}"#) == ["1", "0"])
    #expect(try names("names:\n  0: 5\n  1: 7\n") == ["5", "7"])
  }

  @Test func `what only begins like another form is read as lines`() throws {
    #expect(try names("[background]\ncat\ndog") == ["[background]", "cat", "dog"])
    #expect(try names("[unknown]\n[none]\ncat, large") == ["[unknown]", "[none]", "cat, large"])
    #expect(try names("(other)\ncat") == ["(other)", "cat"])
    #expect(try names("a = b\nc = d") == ["a = b", "c = d"])
  }

  @Test func `letters beyond 16 bits and apostrophes keep their meaning`() throws {
    #expect(try names(#"["\ud83d\udc08", "caf\u00e9"]"#) == ["🐈", "café"])
    #expect(try names(#"{0: 'potter\'s wheel', 1: "jack-o'-lantern"}"#) == ["potter's wheel", "jack-o'-lantern"])
  }

  @Test(
    arguments: [
      (String.Encoding.utf16LittleEndian, []), (.utf16BigEndian, []), (.utf32LittleEndian, [0xFF, 0xFE, 0, 0]),
      (.utf32BigEndian, [0, 0, 0xFE, 0xFF]),
    ] as [(String.Encoding, [UInt8])])
  func `other scripts without a mark and four bytes a letter are read`(encoding: String.Encoding, mark: [UInt8]) throws
  {
    let data = try #require("虎猫\nкошка\n고양이\n".data(using: encoding))
    #expect(try LabelsFile(Data(mark) + data).names == ["虎猫", "кошка", "고양이"])
  }

  @Test(
    arguments: [
      ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13], "a PNG picture: give it as the image"),
      ([0x08, 8, 0x12, 2, 0x61, 0x62, 0x3A, 0], "an ONNX model: give it as the model"),
      ([0x80, 4, 0x95, 0, 0], "a Python pickle: write the names"), ([0, 1, 0, 2, 0xFF], "holds no text"),
    ] as [([UInt8], String)])
  func `pictures and models in place of names are called so`(bytes: [UInt8], words: String) {
    let fault = #expect(throws: LabelsFault.self) { try LabelsFile(Data(bytes)) }
    #expect(fault?.reason.contains(words) == true, "\(fault?.reason ?? "")")
  }

  @Test(arguments: [
    "2 owl\n0 cat\n1 dog\n", "cat 0\ndog 1\nowl 2\n", "owl 2\ncat 0\ndog 1", "dog: 1\nowl: 2\ncat: 0\n",
    "1) cat\n2) dog\n3) owl",
    "0. cat\n1. dog\n2. owl", "3 - owl\n1 - cat\n2 - dog", "n02084071 3 owl\nn02123045 1 cat\nn01514668 2 dog",
    // Quoted, with numbers that count nothing, or alone.
    "\"cat\",1.5\n\"dog\",2.5\n\"owl\",2\n", "\"cat\"\n\"dog\"\n\"owl\"\n", "\"cat\",\n\"dog\",\n\"owl\",\n",
  ])
  func `numbers before or behind the names count, whatever order the lines stand in`(text: String) throws {
    #expect(try names(text) == ["cat", "dog", "owl"])
  }

  @Test func `lines in another order than their numbers are said, and stay names of their classes`() throws {
    let file = try LabelsFile(Data("2 owl\n0 cat\n1 dog\n".utf8))
    #expect(file.lines == ["0 cat", "1 dog", "2 owl"])
    #expect(file.remarks == ["its lines stand in another order than their numbers, and these count"])
    #expect(try LabelsFile(Data("0 cat\n1 dog".utf8)).remarks.isEmpty)
    // Numbers of a challenge do not count where identifiers stand in their own order, by which networks go.
    #expect(try names("n01514668 2 owl\nn02084071 1 dog") == ["2 owl", "1 dog"])
    #expect(try names("\"cat, large\",2\n\"dog\",7") == ["cat, large", "dog"])
    for whole in ["level 1\nlevel 0", "Boeing 707\nAirbus 320", "2 of them\n5 of those", "cat, 1.5\ndog, 2"] {
      #expect(try names(whole) == whole.split(separator: "\n").map(String.init))
    }
  }

  @Test func `pages and pointers saved in place of a list are refused, and lists that begin like them are not`() throws
  {
    for (text, words) in [
      ("<!DOCTYPE html>\n<html>\n<body>404\n</body>\n</html>", "is a web page"),
      ("<a><name>cat</name></a>", "is an XML file"),
      ("version https://git-lfs.github.com/spec/v1\noid 1", "git lfs pull"),
    ] {
      let fault = #expect(throws: LabelsFault.self) { try names(text) }
      #expect(fault?.reason.contains(words) == true, "\(fault?.reason ?? "")")
    }
    #expect(try names("<unknown>\ncat") == ["<unknown>", "cat"])
    #expect(LabelsFile.parted("cat; dog;owl", into: 3) == ["cat", "dog", "owl"])
    #expect(LabelsFile.parted("cat, dog", into: 3) == nil && LabelsFile.parted("cat,,owl", into: 3) == nil)
  }
}
