"use strict";
// The three interfaces, as the IAB's documents have them: strings that any decoder reads.
(function () {
  var denied = "CP1R2oAP1R2oAAHABBEND6EgAAAAAAAAAAYgAIAAAAAAAAA";
  var granted = "CP1R2oAP1R2oAAHABBEND6EgAP_gAAAAAAYgAIP__AAAAAA";
  var choice = "none";
  var listeners = [];
  function purposes(all) {
    var of = {};
    for (var id = 1; id <= 11; id += 1) of[id] = all;
    return { consents: of, legitimateInterests: {} };
  }
  function data(listenerId) {
    var all = choice === "yes";
    return {
      tcString: all ? granted : denied, tcfPolicyVersion: 4, cmpId: 7, cmpVersion: 1, gdprApplies: true,
      eventStatus: choice === "none" ? "cmpuishown" : "useractioncomplete", cmpStatus: "loaded", listenerId: listenerId,
      isServiceSpecific: true, useNonStandardTexts: false, publisherCC: "DE", purposeOneTreatment: false,
      purpose: purposes(all), vendor: { consents: {}, legitimateInterests: {} }, specialFeatureOptins: {},
      publisher: { consents: {}, legitimateInterests: {}, customPurpose: {}, restrictions: {} }
    };
  }
  window.__tcfapi = function (command, version, callback, parameter) {
    if (command === "ping") {
      callback({ gdprApplies: true, cmpLoaded: true, cmpStatus: "loaded", displayStatus: "visible", apiVersion: "2.2", cmpId: 7 });
    } else if (command === "addEventListener") {
      listeners.push(callback);
      callback(data(listeners.length), true);
    } else if (command === "removeEventListener") {
      delete listeners[parameter - 1];
      callback(true);
    } else if (command === "getTCData") {
      callback(data(), true);
    } else {
      callback(null, false);
    }
  };
  window.__gpp = function (command, callback) {
    var ping = {
      gppVersion: "1.1", cmpStatus: "loaded", cmpDisplayStatus: "visible", signalStatus: "ready", supportedAPIs: ["7:usnat"],
      cmpId: 7, sectionList: [7], applicableSections: [7], gppString: "DBABLA~BVVqAAAAAgA.QA", parsedSections: {}
    };
    if (command === "addEventListener") callback({ eventName: "listenerRegistered", listenerId: 1, data: true, pingData: ping }, true);
    else callback(command === "ping" ? ping : null, command === "ping");
  };
  window.__uspapi = function (command, version, callback) {
    if (command === "getUSPData") callback({ version: 1, uspString: choice === "no" || navigator.globalPrivacyControl ? "1YYN" : "1YNN" }, true);
    else callback(null, false);
  };
  window.labSignals = function (made) {
    choice = made;
    listeners.forEach(function (listener, index) { listener(data(index + 1), true); });
  };
})();
